using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace VideoPipeline.Database;

/// <summary>
/// Group commit: every write of the process goes through one queue, and all that wait when the writer becomes free share
/// one transaction and so one fsync. SQLite has one writer at a time anyway, so nothing is lost by the queue, and the
/// more workers write, the cheaper each write becomes. Each operation has a savepoint of its own: one that throws is
/// rolled back alone. A caller hears of success only after the commit; a process that dies before has acknowledged nothing.
/// </summary>
public sealed class GroupCommitWriter : RowWriter, IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<Operation> _operations = Channel.CreateUnbounded<Operation>(new() { SingleReader = true });
    private readonly IDbContextFactory<PipelineDbContext> _contexts;
    private readonly ILogger<GroupCommitWriter> _logger;
    private readonly Task _loop;

    public GroupCommitWriter(IDbContextFactory<PipelineDbContext> contexts, ILogger<GroupCommitWriter> logger)
    {
        _contexts = contexts;
        _logger = logger;
        _loop = Task.Run(RunAsync);
    }

    public override async Task<T> WriteAsync<T>(Func<PipelineDbContext, Task<T>> operation, CancellationToken cancellationToken = default)
    {
        var entry = new Operation<T>(operation, cancellationToken);
        ObjectDisposedException.ThrowIf(!_operations.Writer.TryWrite(entry), this);

        return await entry.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        _operations.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var batch = new List<Operation>(MaxBatch);
        while (await _operations.Reader.WaitToReadAsync())
        {
            batch.Clear();
            try
            {
                await RunBatchAsync(batch);
            }
            catch (Exception exception)
            {
                // The database itself failed (disk full, file gone): nobody was told of success, everybody hears of this.
                _logger.LogError(exception, "Writing {Count} operations failed", batch.Count);
                batch.ForEach(operation => operation.Fail(exception));
            }
        }
    }

    private async Task RunBatchAsync(List<Operation> batch)
    {
        // Before the database is asked for anything: if it doesn't even open, these hear of it.
        TakeWaiting(batch);
        await using var db = await _contexts.CreateDbContextAsync();
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync();
        for (var n = 0; n < batch.Count; n++)
        {
            await batch[n].RunAsync(db, transaction);
            db.ChangeTracker.Clear();

            // Whoever has come meanwhile shares the commit.
            TakeWaiting(batch);
        }

        await transaction.CommitAsync();
        batch.ForEach(operation => operation.Complete());
    }

    private void TakeWaiting(List<Operation> batch)
    {
        while (batch.Count < MaxBatch && _operations.Reader.TryRead(out var operation))
        {
            batch.Add(operation);
        }
    }

    private abstract class Operation
    {
        /// <summary>Never throws what the operation throws: that is for its caller only.</summary>
        public abstract Task RunAsync(PipelineDbContext db, IDbContextTransaction transaction);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Operation<T>(Func<PipelineDbContext, Task<T>> run, CancellationToken cancellationToken) : Operation
    {
        private const string Savepoint = "operation";

        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _exception;

        public Task<T> Completion => _completion.Task;

        public override async Task RunAsync(PipelineDbContext db, IDbContextTransaction transaction)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _completion.TrySetCanceled(cancellationToken);
                return;
            }

            await transaction.CreateSavepointAsync(Savepoint);
            try
            {
                _result = await run(db);
                await transaction.ReleaseSavepointAsync(Savepoint);
            }
            catch (Exception exception)
            {
                await transaction.RollbackToSavepointAsync(Savepoint);
                await transaction.ReleaseSavepointAsync(Savepoint);

                // Told after the commit, too: it may be about a row that an operation before it has written and that its
                // caller is going to look for.
                _exception = exception;
            }
        }

        public override void Complete()
        {
            if (_exception is null)
            {
                _completion.TrySetResult(_result!);
            }
            else
            {
                _completion.TrySetException(_exception);
            }
        }

        public override void Fail(Exception exception) => _completion.TrySetException(exception);
    }
}
