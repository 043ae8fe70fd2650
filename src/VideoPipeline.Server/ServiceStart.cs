using System.Data.Common;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;

namespace VideoPipeline.Server;

/// <summary>
/// Runs the service. What its operator can mend when it can't start (a wrong setting, a folder or an address in use) ends
/// it with one line that says so and exit code 1; everything else is a defect and keeps its stack trace.
/// </summary>
internal sealed class ServiceStart
{
    private volatile bool _started;

    public ServiceStart(WebApplicationBuilder builder)
    {
        ListenAddresses.SetDefault(builder);

        // Both log what stops the start with its stack trace; after the start they have other things to say.
        foreach (var category in new[] { "Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel" })
        {
            builder.Logging.AddFilter(category, level => _started && level >= LogLevel.Warning);
        }
    }

    /// <param name="build">Puts the service together, which reads the first settings.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Func<WebApplication> build)
    {
        var stopped = CancellationToken.None;
        try
        {
            var app = build();
            stopped = app.Lifetime.ApplicationStopping;
            ListenAddresses.Check(app.Configuration);
            app.Lifetime.ApplicationStarted.Register(() => _started = true);
            await app.RunAsync();
            return 0;
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // Told to stop while it was still starting, perhaps waiting for another node's migration.
            return 0;
        }
        catch (Exception exception) when (!_started && Explain(exception) is { } reason)
        {
            return await RefuseAsync(reason);
        }
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> RefuseAsync(string reason)
    {
        await Console.Error.WriteLineAsync($"VideoPipeline can't start: {reason.ReplaceLineEndings(" ")}");
        return 1;
    }

    private static string? Explain(Exception exception) => exception switch
    {
        OptionsValidationException options => string.Join(' ', options.Failures),
        AggregateException { InnerExceptions: var all } when all.All(inner => inner is OptionsValidationException) =>
            string.Join(' ', all.Select(Explain)),
        RetryLimitExceededException { InnerException: { } inner } => Explain(inner),
        DbException => $"the database doesn't open: {exception.Message}",
        DataFolderInUseException or SchemaOutdatedException or IOException or UnauthorizedAccessException or SocketException => exception.Message,
        _ => null,
    };
}
