using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Stages;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Cli.Doctor;

/// <summary>Whether somebody has signed in to YouTube, and YouTube still knows of it.</summary>
internal static class YouTubeCheck
{
    private const string Name = "YouTube";
    private const string SignIn = "Sign in with 'videopipeline youtube login'; docs/youtube.md says how to get an OAuth client.";

    /// <param name="hasTables">Whether the database can be asked for its channels.</param>
    public static async Task<Finding> RunAsync(IServiceProvider services, bool hasTables, bool offline, CancellationToken cancellationToken)
    {
        var isConfigured = services.GetRequiredService<IOptions<YouTubeOptions>>().Value.ClientId.Length > 0;
        var inUse = hasTables && await IsUsedAsync(services, cancellationToken);
        if (!isConfigured && !inUse)
        {
            return Finding.Ok(Name, "No channel uses it, and nobody has set it up.");
        }

        var credentials = services.GetRequiredService<YouTubeCredentials>();
        try
        {
            credentials.Service();
            if (IsReadableByOthers(credentials.TokenPath))
            {
                return Finding.Warning(Name, $"{credentials.TokenPath} can be read by others than its owner.", $"chmod 600 {credentials.TokenPath}");
            }

            // A call is paid for in the database's ledger.
            if (offline || !hasTables)
            {
                return Finding.Ok(Name, $"{credentials.TokenPath} has a sign-in; YouTube wasn't asked.");
            }

            var account = await services.GetRequiredService<YouTubeClient>().MyChannelAsync(cancellationToken);
            return Finding.Ok(Name, $"Signed in to the channel {account.Id}.");
        }
        catch (PermanentFailureException exception)
        {
            return inUse ? Finding.Failed(Name, exception.Message, SignIn) : Finding.Warning(Name, exception.Message, SignIn);
        }
        catch (StageException exception)
        {
            return Finding.Warning(Name, $"It couldn't be asked: {exception.Message}", "Look at the network, and try again later.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Finding.Failed(Name, exception.Message, $"Let the service's user read {credentials.TokenPath}.");
        }
    }

    private static async Task<bool> IsUsedAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        // A database that isn't there must not be made by being asked.
        if (!services.GetRequiredService<IOptions<StorageOptions>>().Value.IsShared && !File.Exists(services.GetRequiredService<PipelineFolders>().DatabaseFile))
        {
            return false;
        }

        await using var db = await services.GetRequiredService<IDbContextFactory<PipelineDbContext>>().CreateDbContextAsync(cancellationToken);
        return await db.Channels.AnyAsync(
            channel => channel.DeletedAt == null && (channel.TargetKind == TargetKind.Youtube || channel.SourceKind == SourceKind.Youtube), cancellationToken);
    }

    private static bool IsReadableByOthers(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != UnixFileMode.None;
}
