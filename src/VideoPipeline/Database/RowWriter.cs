namespace VideoPipeline.Database;

/// <summary>Every write of rows comes through here: one transaction an operation, acknowledged after its commit.</summary>
public abstract class RowWriter
{
    /// <summary>
    /// Runs the operation in a transaction, with a context that tracks nothing yet, and returns once it is committed. An
    /// operation may be run again when the database fails it on the way, so it changes nothing but rows.
    /// </summary>
    /// <param name="cancellationToken">Withdraws an operation that hasn't begun; one that has begun is carried out.</param>
    public abstract Task<T> WriteAsync<T>(Func<PipelineDbContext, Task<T>> operation, CancellationToken cancellationToken = default);

    public Task WriteAsync(Func<PipelineDbContext, Task> operation, CancellationToken cancellationToken = default) =>
        WriteAsync(
            async db =>
            {
                await operation(db);
                return true;
            },
            cancellationToken);
}
