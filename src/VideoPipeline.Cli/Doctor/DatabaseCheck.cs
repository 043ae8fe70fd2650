using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Cli.Doctor;

/// <summary>Whether the database answers, has the tables of this version, and agrees with this machine on the time.</summary>
internal static class DatabaseCheck
{
    private const string Name = "database";

    /// <summary>What two machines differ by that nobody has to mend.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static async Task<List<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var storage = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        var folders = services.GetRequiredService<PipelineFolders>();
        if (!storage.IsShared && !File.Exists(folders.DatabaseFile))
        {
            return [Finding.Ok(Name, $"{folders.DatabaseFile} will be created at the first start.")];
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
            return storage.IsShared ? [tables, await ClockAsync(db, services.GetRequiredService<IOptions<LeaseOptions>>().Value.Duration, either.Token)] : [tables];
        }
        catch (Exception exception) when (DatabaseFailure.Is(exception) || exception is IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var reason = exception is OperationCanceledException ? $"not within {Patience.TotalSeconds} s" : (exception.InnerException ?? exception).Message;
            return [Finding.Failed(Name, $"{storage.Mode} doesn't answer: {reason}", storage.IsShared
                ? "See that the server runs, and look at VideoPipeline__Storage__ConnectionString."
                : $"Look at {folders.DatabaseFile}; docs/operations.md says how to bring back a backup.")];
        }
    }

    private static async Task<Finding> ClockAsync(PipelineDbContext db, TimeSpan lease, CancellationToken cancellationToken)
    {
        var before = TimeProvider.System.GetUtcNow();

        // Asked of the database: the providers translate it to its own clock, each in its way.
#pragma warning disable RS0030
        var there = await db.Database.SqlQueryRaw<int>("SELECT 1 AS \"Value\"").Select(_ => DateTime.UtcNow).SingleAsync(cancellationToken);
#pragma warning restore RS0030
        var after = TimeProvider.System.GetUtcNow();
        var time = new DateTimeOffset(DateTime.SpecifyKind(there, DateTimeKind.Utc));
        var apart = time < before ? before - time : time > after ? time - after : TimeSpan.Zero;
        var says = $"This machine's clock and the database's are {apart.TotalSeconds:0.0} s apart.";
        const string mend = "Synchronise both with NTP, such as by systemd-timesyncd or chrony.";
        return apart <= Tolerance ? Finding.Ok("clock", says)
            : apart < lease / 3 ? Finding.Warning("clock", says, mend)
            : Finding.Failed("clock", $"{says} Nodes would take each other's jobs for abandoned.", mend);
    }
}
