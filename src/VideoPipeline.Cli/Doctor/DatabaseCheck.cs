using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Cli.Doctor;

/// <summary>Whether the database answers and has the tables of this version; and, by what it says, the <see cref="ClockCheck"/>.</summary>
internal static class DatabaseCheck
{
    private const string Name = "database";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <returns>What the database is like, and then the clock.</returns>
    public static async Task<List<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var storage = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        var folders = services.GetRequiredService<PipelineFolders>();
        if (!storage.IsShared && !File.Exists(folders.DatabaseFile))
        {
            return [Finding.Ok(Name, $"{folders.DatabaseFile} will be created at the first start."), ClockCheck.OfMachine(TimeProvider.System)];
        }

        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<PipelineDbContext>>().CreateDbContextAsync(either.Token);
            var missing = (await db.Database.GetPendingMigrationsAsync(either.Token)).Count();
            var tables = missing == 0 ? Finding.Ok(Name, $"{storage.Mode} answers, and has this version's tables.")
                : storage.Migrate ? Finding.Warning(Name, $"{storage.Mode} answers, but lacks {missing} migration(s).", "The next start of the service brings it up to date. Make a backup before.")
                : Finding.Failed(Name, $"{storage.Mode} answers, but lacks {missing} migration(s).", "Have the script of 'videopipeline schema' run on it, or set VideoPipeline__Storage__Migrate to true.");
            var clock = storage.IsShared ? await ClockCheck.OfServerAsync(db, services.GetRequiredService<IOptions<LeaseOptions>>().Value.Duration, either.Token)
                : missing == 0 ? await ClockCheck.OfFileAsync(db, TimeProvider.System, either.Token)
                : ClockCheck.OfMachine(TimeProvider.System);
            return [tables, clock];
        }
        catch (Exception exception) when (DatabaseFailure.Is(exception) || exception is IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var reason = exception is OperationCanceledException ? $"not within {Patience.TotalSeconds} s" : (exception.InnerException ?? exception).Message;
            var mend = storage.IsShared
                ? "See that the server runs, and look at VideoPipeline__Storage__ConnectionString."
                : $"Look at {folders.DatabaseFile}; docs/operations.md says how to bring back a backup.";
            return [Finding.Failed(Name, $"{storage.Mode} doesn't answer: {reason}", mend), ClockCheck.OfMachine(TimeProvider.System)];
        }
    }
}
