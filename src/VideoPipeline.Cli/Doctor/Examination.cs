using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Nodes;
using VideoPipeline.Server;
using VideoPipeline.Server.Api;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;
using VideoPipeline.Stages.YtDlp;

namespace VideoPipeline.Cli.Doctor;

/// <summary>
/// All checks, one after the other. They use the service's own parts with its own settings, but start nothing and create
/// nothing, so they may run beside a service that works.
/// </summary>
internal static class Examination
{
    public static async IAsyncEnumerable<Finding> RunAsync(
        string[] settings, bool offline, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (SettingsCheck.Read(settings, out var builder) is { } unreadable)
        {
            yield return unreadable;
            yield break;
        }

        builder.Logging.ClearProviders();
        builder.Services.AddVideoPipeline(builder.Configuration);
        builder.Services.AddSingleton<InstalledPrograms>();
        await using var services = builder.Services.BuildServiceProvider();

        var wrong = SettingsCheck.Run(services, builder.Configuration);
        foreach (var finding in wrong)
        {
            yield return finding;
        }

        if (wrong.Exists(finding => finding.State == FindingState.Failed))
        {
            // Everything else would only fail for the same reason.
            yield break;
        }

        yield return FolderCheck.Run(services.GetRequiredService<PipelineFolders>());
        if (services.GetRequiredService<ThisNode>().RunsJobs)
        {
            foreach (var program in (string[])["ffmpeg", "ffprobe"])
            {
                var path = services.GetRequiredService<IOptions<FfmpegOptions>>().Value.PathOf(program);
                yield return Of(
                    program,
                    await HealthApi.CheckProgramAsync(services.GetRequiredService<InstalledPrograms>(), path, cancellationToken),
                    "Install ffmpeg, or name its folder with VideoPipeline__Ffmpeg__BinaryFolder.");
            }

            var encoders = await HealthApi.CheckEncodersAsync(services.GetRequiredService<HardwareEncoders>(), cancellationToken);
            yield return encoders.Warning is null
                ? Finding.Ok("encoders", encoders.Detail)
                : Finding.Warning(
                    "encoders",
                    $"{encoders.Detail}. {encoders.Warning}",
                    "Look at the driver and at the rights on its device, or leave it to software: VideoPipeline__Profiles__NAME__Encoder=Software.");
            yield return Of(
                "yt-dlp",
                await HealthApi.CheckYtDlpAsync(services.GetRequiredService<YtDlpVersion>(), cancellationToken),
                "Install the newest yt-dlp, and name it with VideoPipeline__YtDlp__Path if it isn't on the PATH.");
        }

        var database = await DatabaseCheck.RunAsync(services, cancellationToken);
        foreach (var finding in database)
        {
            yield return finding;
        }

        yield return await StoreAsync(services, cancellationToken);
        yield return Disk(services.GetRequiredService<PipelineFolders>());
        var hasTables = database[0].State == FindingState.Ok;
        yield return await YouTubeCheck.RunAsync(services, hasTables, offline, cancellationToken);
        yield return await AccessCheck.RunAsync(services, builder.Configuration, hasTables, cancellationToken);
        await foreach (var finding in PortCheck.RunAsync(builder.Configuration, cancellationToken))
        {
            yield return finding;
        }
    }

    private static async Task<Finding> StoreAsync(ServiceProvider services, CancellationToken cancellationToken)
    {
        var kind = services.GetRequiredService<IOptions<ArtifactOptions>>().Value.Kind;
        var folders = services.GetRequiredService<PipelineFolders>();
        if (kind == ArtifactStoreKind.Folder && !Directory.Exists(folders.Artifacts))
        {
            return Finding.Ok("store", $"{folders.Artifacts} will be created when it is needed.");
        }

        return Of(
            "store",
            await HealthApi.CheckStoreAsync(services.GetRequiredService<IArtifactStore>(), TimeProvider.System, cancellationToken),
            kind == ArtifactStoreKind.S3
                ? "See that the server runs, and look at VideoPipeline__Artifacts__S3__Endpoint, __Bucket, __AccessKey and __SecretKey."
                : $"Give the service's user access to {folders.Artifacts}.");
    }

    private static Finding Disk(PipelineFolders folders) => Directory.Exists(folders.Data)
        ? Of("disk", HealthApi.CheckDisk(folders), $"Make room on the disk of {folders.Data}, or move the data folder: VideoPipeline__DataDirectory.")
        : Finding.Ok("disk", "Looked at once there is a data folder.");

    private static Finding Of(string name, HealthCheck check, string mend) => check switch
    {
        { Ok: false } => Finding.Failed(name, check.Detail, mend),
        { Warning: { } warning } => Finding.Warning(name, check.Detail, warning),
        _ => Finding.Ok(name, check.Detail),
    };
}
