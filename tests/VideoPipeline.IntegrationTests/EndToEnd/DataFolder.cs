using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>A service's data folder as it lies on the disk, looked at from outside.</summary>
internal sealed class DataFolder(string path)
{
    public string Path => path;

    public string Published => Of("published");

    public string Downloads => System.IO.Path.Combine(Of("work"), "downloads");

    public string Database => Of("pipeline.db");

    /// <summary>The paths of all files below one of its folders, relative to that, in order; also of hidden ones.</summary>
    public IReadOnlyList<string> Files(string folder) => Directory.Exists(Of(folder))
        ? [.. Directory.EnumerateFiles(Of(folder), "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(file => System.IO.Path.GetRelativePath(Of(folder), file)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>What is in <c>work</c> besides partial downloads.</summary>
    public IReadOnlyList<string> Work() => Directory.Exists(Of("work"))
        ? [.. Directory.EnumerateFileSystemEntries(Of("work")).Where(entry => entry != Downloads)]
        : [];

    /// <summary>The database, which may belong to a running service: to read, or before it starts.</summary>
    public PipelineDbContext Open() =>
        new SqlitePipelineDbContext(SqliteDatabase.Options<SqlitePipelineDbContext>(SqliteDatabase.ConnectionString(Database)));

    /// <summary>SQLite's own check of the whole file.</summary>
    public async Task AssertSoundAsync()
    {
        await using var db = Open();
        var answer = await db.Database.SqlQueryRaw<string>("PRAGMA integrity_check").ToListAsync();
        Assert.That(answer, Is.EqualTo(new[] { "ok" }));
    }

    /// <summary>That nothing is left of work in progress, neither files nor processes.</summary>
    public void AssertNoLeftovers()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Work(), Is.Empty);
            Assert.That(Files("artifacts").Concat(Files("published")).Where(IsTemporary), Is.Empty);
            Assert.That(OperatingSystemProcess.MediaProgramsOn(path), Is.Empty);
        }
    }

    private string Of(string name) => System.IO.Path.Combine(path, name);

    private static bool IsTemporary(string file) =>
        file.Split('/').Any(part => part.StartsWith('.') || part.EndsWith(".partial", StringComparison.Ordinal) || part.EndsWith(".tmp", StringComparison.Ordinal));
}
