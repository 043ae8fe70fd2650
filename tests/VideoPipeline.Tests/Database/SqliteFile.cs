using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using VideoPipeline.Database;

namespace VideoPipeline.Tests.Database;

/// <summary>A database of a test's own, with all tables.</summary>
internal sealed class SqliteFile : IDbContextFactory<PipelineDbContext>, IDisposable
{
    private readonly string _folder;
    private readonly DbContextOptions<SqlitePipelineDbContext> _options;

    private SqliteFile(string folder, IEnumerable<IInterceptor> interceptors)
    {
        _folder = folder;
        _options = new DbContextOptionsBuilder<SqlitePipelineDbContext>(
            SqliteDatabase.Options<SqlitePipelineDbContext>(SqliteDatabase.ConnectionString(Path.Combine(folder, "pipeline.db"))))
            .AddInterceptors(interceptors).Options;
    }

    public static async Task<SqliteFile> CreateAsync(params IEnumerable<IInterceptor> interceptors)
    {
        var file = new SqliteFile(Directory.CreateTempSubdirectory("vp-test-").FullName, interceptors);
        await using var db = file.CreateDbContext();
        await SqliteDatabase.MigrateAsync(db, CancellationToken.None);
        return file;
    }

    public PipelineDbContext CreateDbContext() => new SqlitePipelineDbContext(_options);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>Holds up what was read of one table, once, on its way to the reader.</summary>
internal sealed class SlowRead(string table) : DbCommandInterceptor
{
    private readonly TaskCompletionSource _release = new();
    private readonly TaskCompletionSource _read = new();
    private int _held;

    /// <summary>Completes when it has been read.</summary>
    public Task Read => _read.Task;

    public void Release() => _release.SetResult();

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (command.CommandText.Contains(table, StringComparison.Ordinal) && Interlocked.Exchange(ref _held, 1) == 0)
        {
            _read.SetResult();
            await _release.Task;
        }

        return result;
    }
}
