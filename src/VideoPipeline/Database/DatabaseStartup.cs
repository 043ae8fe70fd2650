using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Database;

/// <summary>Takes the data folder for this process and brings its database up to date, before anything else starts.</summary>
internal sealed class DatabaseStartup(
    PipelineFolders folders, IDbContextFactory<PipelineDbContext> contexts, IOptions<StorageOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        folders.Own();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (options.Value.Migrate)
        {
            await db.MigrateAsync(cancellationToken);
        }
        else if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList() is { Count: > 0 } missing)
        {
            throw new SchemaOutdatedException(missing);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The tables are missing or older than this version, and the settings leave them to a database administrator.</summary>
public sealed class SchemaOutdatedException(IReadOnlyList<string> missing)
    : Exception(
        $"The database lacks {missing.Count} migration(s) ({string.Join(", ", missing)}), and VideoPipeline:Storage:Migrate is false. "
        + "Have the script of deploy/schema.sh run on it, or set VideoPipeline:Storage:Migrate to true.");
