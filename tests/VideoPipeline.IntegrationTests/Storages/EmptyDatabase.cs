using Microsoft.Data.Sqlite;
using VideoPipeline.Database;

namespace VideoPipeline.IntegrationTests.Storages;

/// <summary>
/// The SQLite file of a service that has just been started for the first time. Made once by the migrations and copied from
/// then on, since they cost more than most tests; those of starting do without it.
/// </summary>
internal static class EmptyDatabase
{
    private const string Name = "pipeline.db";

    private static readonly Lazy<Task<byte[]>> Content = new(MakeAsync);

    /// <summary>Puts it into a data folder that has none yet.</summary>
    public static async Task PutIntoAsync(string dataFolder)
    {
        var file = Path.Combine(dataFolder, Name);
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(dataFolder);
            await File.WriteAllBytesAsync(file, await Content.Value);
        }
    }

    private static async Task<byte[]> MakeAsync()
    {
        using var folder = new TemporaryFolder();
        var connectionString = SqliteDatabase.ConnectionString(folder.Of(Name));
        await using (var db = new SqlitePipelineDbContext(SqliteDatabase.Options<SqlitePipelineDbContext>(connectionString)))
        {
            await SqliteDatabase.MigrateAsync(db, CancellationToken.None);
        }

        // The last connection to be closed writes what is in the log into the file.
        using (var connection = new SqliteConnection(connectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        Assert.That(File.Exists(folder.Of($"{Name}-wal")), Is.False, "all of it is in one file");
        return await File.ReadAllBytesAsync(folder.Of(Name));
    }
}
