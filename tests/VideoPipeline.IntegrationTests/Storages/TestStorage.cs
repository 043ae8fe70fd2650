using Microsoft.Extensions.DependencyInjection;

namespace VideoPipeline.IntegrationTests.Storages;

/// <summary>A storage that the suites of the queue's behaviour run against.</summary>
internal abstract class TestStorage
{
    /// <summary>SQLite rows with the dispatcher in memory, the default.</summary>
    public static TestStorage Sqlite { get; } = new SqliteTestStorage();

    /// <summary>Rows and dispatcher in PostgreSQL.</summary>
    public static TestStorage PostgreSql { get; } = new PostgreSqlTestStorage(dispatcher: "Auto");

    /// <summary>Rows in PostgreSQL, the dispatcher in memory.</summary>
    public static TestStorage PostgreSqlWithLocalDispatcher { get; } = new PostgreSqlTestStorage(dispatcher: "InMemory");

    /// <summary>PostgreSQL used as the mirror must use SQL Server, see <see cref="AppendOnlyHangfire"/>.</summary>
    public static TestStorage AppendOnly { get; } = new PostgreSqlTestStorage(dispatcher: "Auto", appendOnly: true);

    /// <summary>Rows and dispatcher in the SQL Server that <c>VIDEOPIPELINE_TEST_SQLSERVER</c> names.</summary>
    public static TestStorage SqlServer { get; } = new SqlServerTestStorage();

    /// <summary>Makes the storage empty.</summary>
    /// <returns>The settings that choose it.</returns>
    public abstract Task<IReadOnlyDictionary<string, string?>> ResetAsync();

    /// <summary>Fills a new data folder with what the service finds there after its first start.</summary>
    public virtual Task PrepareAsync(string dataFolder) => Task.CompletedTask;

    /// <summary>Exchanges parts of the service.</summary>
    public virtual void Configure(IServiceCollection services)
    {
    }

    private sealed class SqliteTestStorage : TestStorage
    {
        /// <summary>Its file is in the data folder, which is new for each test.</summary>
        public override Task<IReadOnlyDictionary<string, string?>> ResetAsync() =>
            Task.FromResult<IReadOnlyDictionary<string, string?>>(new Dictionary<string, string?>());

        public override Task PrepareAsync(string dataFolder) => EmptyDatabase.PutIntoAsync(dataFolder);
    }
}
