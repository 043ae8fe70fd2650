using Hangfire;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Dispatch.Storage;

/// <summary>Where Hangfire keeps its background jobs, and what the mirror must know of that place.</summary>
internal abstract class HangfireStorage
{
    /// <summary>
    /// Long enough for what a worker does with a distributed lock; a node that dies or freezes with one keeps the others
    /// waiting no longer.
    /// </summary>
    protected static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    /// <summary>When a background job whose worker is gone is delivered again. Rows are rescued sooner, by their leases.</summary>
    protected static readonly TimeSpan InvisibilityTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How often finished background jobs are removed whose time is over: see <see cref="ExpirationFilter"/>.</summary>
    protected static readonly TimeSpan ExpirationInterval = TimeSpan.FromMinutes(2);

    /// <summary>Hangfire's own, which <see cref="PauseGate"/> wraps.</summary>
    public abstract JobStorage Jobs { get; }

    /// <summary>
    /// Whether workers take the background jobs of a queue in the order of their ids: then one that is put into its queue
    /// again is at its old place. Otherwise it is at the end.
    /// </summary>
    public virtual bool TakesInOrderOfIds => false;

    /// <summary>
    /// Whether background jobs that are created in an ambient transaction (<see cref="System.Transactions.Transaction.Current"/>)
    /// become visible with its commit, or not at all.
    /// </summary>
    public virtual bool JoinsTransactions => false;

    /// <summary>Creates or upgrades Hangfire's tables, or makes sure that they are there.</summary>
    /// <param name="migrate">False to check only.</param>
    /// <exception cref="SchemaOutdatedException"/>
    public virtual Task PrepareAsync(PipelineDbContext db, bool migrate, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A context for the mirror's own transactions.</summary>
    public virtual PipelineDbContext CreateDbContext(IDbContextFactory<PipelineDbContext> contexts) => contexts.CreateDbContext();
}
