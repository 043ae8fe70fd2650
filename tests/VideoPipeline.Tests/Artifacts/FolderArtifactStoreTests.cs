using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Stages;

namespace VideoPipeline.Tests.Artifacts;

public sealed class FolderArtifactStoreTests
{
    private const string Key = "1/2/source.mp4";

    private string _data = "";
    private PipelineFolders _folders = null!;
    private FolderArtifactStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _data = Directory.CreateTempSubdirectory("vp-store-").FullName;
        _folders = new(Options.Create(new PipelineOptions { DataDirectory = _data }));
        _store = new(_folders);
    }

    [TearDown]
    public void TearDown()
    {
        _folders.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Test]
    public async Task A_file_is_moved_in_and_described()
    {
        var file = WriteFile("abc");

        var digest = await _store.MoveInAsync(file, Key, CancellationToken.None);

        Assert.Multiple(() =>
        {
            // The example of FIPS 180-4.
            Assert.That(digest, Is.EqualTo(new FileDigest(3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
            Assert.That(File.Exists(file), Is.False);
            Assert.That(File.ReadAllText(_store.LocalPath(Key)), Is.EqualTo("abc"));
            Assert.That(StoredFiles(), Is.EqualTo(new[] { "1/2/source.mp4" }));
        });
    }

    [Test]
    public async Task A_file_replaces_the_one_before_while_that_is_being_read()
    {
        await _store.MoveInAsync(WriteFile("old"), Key, CancellationToken.None);
        await using var reading = await _store.OpenReadAsync(Key, 0, CancellationToken.None);

        await _store.MoveInAsync(WriteFile("new"), Key, CancellationToken.None);

        using var reader = new StreamReader(reading);
        Assert.That(await reader.ReadToEndAsync(), Is.EqualTo("old"));
        Assert.That(await File.ReadAllTextAsync(_store.LocalPath(Key)), Is.EqualTo("new"));
    }

    [Test]
    public async Task A_worker_that_was_cancelled_replaces_nothing()
    {
        await _store.MoveInAsync(WriteFile("old"), Key, CancellationToken.None);

        Assert.That(
            async () => await _store.MoveInAsync(WriteFile("late"), Key, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());

        Assert.That(await File.ReadAllTextAsync(_store.LocalPath(Key)), Is.EqualTo("old"));
        Assert.That(StoredFiles(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Contents_are_compared_by_size_and_hash()
    {
        var digest = await _store.MoveInAsync(WriteFile("abc"), Key, CancellationToken.None);

        Assert.That(await _store.HasAsync(Key, digest, CancellationToken.None));
        Assert.That(await _store.HasAsync(Key, digest with { SizeBytes = 4 }, CancellationToken.None), Is.False);
        await File.WriteAllTextAsync(_store.LocalPath(Key), "abd");
        Assert.That(await _store.HasAsync(Key, digest, CancellationToken.None), Is.False);
        Assert.That(await _store.HasAsync("1/2/other.mp4", digest, CancellationToken.None), Is.False);
    }

    [Test]
    public async Task A_file_of_another_size_than_its_row_says_is_not_handed_out()
    {
        var digest = await _store.MoveInAsync(WriteFile("abc"), Key, CancellationToken.None);
        Assert.That(await _store.FindFileAsync(Key, digest, _data, CancellationToken.None), Is.EqualTo(_store.LocalPath(Key)));

        await File.AppendAllTextAsync(_store.LocalPath(Key), "d");

        Assert.That(
            async () => await _store.FindFileAsync(Key, digest, _data, CancellationToken.None),
            Throws.InstanceOf<PermanentFailureException>().With.Message.StartsWith($"{Key} in the store is not the file"));
    }

    [TestCase("abc", true)]
    [TestCase("xyz", false)]
    public async Task Room_is_shared_with_the_same_content_only(string other, bool shared)
    {
        const string OtherKey = "1/3/source.mp4";
        var digest = await _store.MoveInAsync(WriteFile("abc"), Key, CancellationToken.None);
        await _store.MoveInAsync(WriteFile(other), OtherKey, CancellationToken.None);

        await _store.ShareAsync(Key, OtherKey, digest, CancellationToken.None);

        Assert.That(await File.ReadAllTextAsync(_store.LocalPath(Key)), Is.EqualTo("abc"));
        Assert.That(StoredFiles(), Is.EquivalentTo(new[] { Key, OtherKey }), "nothing is left under a temporary name");
        await File.AppendAllTextAsync(_store.LocalPath(OtherKey), "d");
        Assert.That((await File.ReadAllTextAsync(_store.LocalPath(Key))).EndsWith('d'), Is.EqualTo(shared));
    }

    [Test]
    public void Temporary_files_of_a_killed_process_are_removed()
    {
        var temporary = Path.Combine(_folders.Artifacts, ".tmp");
        Directory.CreateDirectory(temporary);
        File.WriteAllText(Path.Combine(temporary, "left"), "half");

        _store.RemoveTemporaryFiles(DateTimeOffset.MaxValue);

        Assert.That(StoredFiles(), Is.Empty);
    }

    [Test]
    public void Keys_that_leave_the_store_are_refused() =>
        Assert.That(() => _store.LocalPath("../pipeline.db"), Throws.ArgumentException);

    private string WriteFile(string content)
    {
        var path = Path.Combine(_data, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, content);
        return path;
    }

    private List<string> StoredFiles() => Directory.Exists(_folders.Artifacts)
        ? [.. Directory.EnumerateFiles(_folders.Artifacts, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folders.Artifacts, path))]
        : [];
}
