using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace VideoPipeline.Database;

/// <summary>Takes the data folder for this process and brings its database up to date, before anything else starts.</summary>
internal sealed class DatabaseStartup(PipelineFolders folders, IDbContextFactory<PipelineDbContext> contexts) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        folders.Own();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await SqliteDatabase.MigrateAsync(db, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
