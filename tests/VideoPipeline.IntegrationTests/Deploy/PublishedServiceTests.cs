using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VideoPipeline.IntegrationTests.Deploy;

/// <summary>
/// What <c>deploy/Dockerfile</c> does, in a plain folder: the same publish, and the same start as a user without rights, who
/// has a data folder and nothing else.
/// </summary>
[Category(TestCategories.Heavy)]
public sealed class PublishedServiceTests
{
    private static readonly TimeSpan PublishPatience = TimeSpan.FromMinutes(6);

    [Test]
    public async Task It_starts_as_a_user_without_rights_and_the_health_check_answers()
    {
        if (Environment.UserName != "root")
        {
            Assert.Ignore("Only root can start the service as another user.");
        }

        // Not where temporary folders are: those may be closed to other users.
        var folder = $"/var/tmp/vp-published-{Guid.NewGuid():N}";
        Directory.CreateDirectory(folder);
        try
        {
            var app = Path.Combine(folder, "app");
            var publish = (await File.ReadAllLinesAsync(Path.Combine(CommandLine.Repository, "deploy", "Dockerfile")))
                .Single(line => line.StartsWith("RUN dotnet publish ", StringComparison.Ordinal))["RUN dotnet ".Length..].Replace("/app", app, StringComparison.Ordinal);
            var (published, said, errors) = await CommandLine.RunAsync("dotnet", publish.Split(' '), within: PublishPatience);
            Assert.That(published, Is.Zero, said + errors);

            // As the image does: install -d -o "$APP_UID" /data.
            var data = Path.Combine(folder, "data");
            await CommandLine.RunAsync("install", ["-d", "-o", "nobody", "-g", "nogroup", data]);
            await StartAndProbeAsync(Path.Combine(app, "VideoPipeline.Server.dll"), data);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task StartAndProbeAsync(string program, string data)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            // As in the image.
            ["ASPNETCORE_HTTP_PORTS"] = string.Empty,
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{FreePort()}",
            ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "false",
            ["VideoPipeline__DataDirectory"] = data,

            // Whoever runs the tests isn't who runs the service.
            ["HOME"] = data,
            ["TMPDIR"] = null,
            ["Logging__LogLevel__Default"] = "Warning",
        };
        Assert.That(await HealthAsync(program, data, environment), Is.EqualTo(1), "nothing answers before the start");

        var start = new ProcessStartInfo("setpriv", AsNobody(program)) { UseShellExecute = false, WorkingDirectory = data };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var service = Process.Start(start)!;
        try
        {
            await Eventually.TrueAsync(
                async () => service.HasExited
                    ? throw new InvalidOperationException($"The service ended with {service.ExitCode}.")
                    : await HealthAsync(program, data, environment) == 0,
                "the health check answers");

            var (_, owner, _) = await CommandLine.RunAsync("stat", ["--format=%U", Path.Combine(data, "pipeline.db")]);
            Assert.That(owner.Trim(), Is.EqualTo("nobody"));
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync();
        }
    }

    private static async Task<int> HealthAsync(string program, string data, IReadOnlyDictionary<string, string?> environment) =>
        (await CommandLine.RunAsync("setpriv", [.. AsNobody(program), "health"], environment, data)).ExitCode;

    private static string[] AsNobody(string program) => ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--no-new-privs", "dotnet", program];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
