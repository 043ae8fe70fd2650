using System.Security.Cryptography;
using System.Text;
using VideoPipeline.Artifacts;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Artifacts;

/// <summary>What every store does.</summary>
internal abstract class ArtifactStoreConformance
{
    private const string Key = "1/2/source.mp4";

    private TemporaryFolder _folder = null!;

    protected abstract Task<IArtifactStore> NewStoreAsync(string dataFolder);

    protected IArtifactStore Store { get; private set; } = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new();
        Store = await NewStoreAsync(_folder.NewFolder("data"));
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_file_is_moved_in_found_and_read_again()
    {
        var file = _folder.NewFile("file", "abc");
        var expected = DigestOf("abc");

        var digest = await Store.MoveInAsync(file, Key, CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(digest, Is.EqualTo(expected));
            Assert.That(File.Exists(file), Is.False, "it was moved");
            Assert.That(await ReadAsync(), Is.EqualTo("abc"));
            Assert.That(await FindAsync(expected), Is.EqualTo("abc"));
            Assert.That(await Store.HasAsync(Key, expected, CancellationToken.None));
            Assert.That(await Store.HasAsync(Key, DigestOf("abd"), CancellationToken.None), Is.False);
            Assert.That(await Store.HasAsync(Key, DigestOf("abcd"), CancellationToken.None), Is.False);
        }
    }

    [Test]
    public async Task An_empty_file_is_one_too()
    {
        await Store.MoveInAsync(_folder.NewFile("file", ""), Key, CancellationToken.None);

        Assert.That(await FindAsync(DigestOf("")), Is.Empty);
    }

    [TestCase(0, "abcdef")]
    [TestCase(4, "ef")]
    [TestCase(6, "")]
    public async Task It_is_read_from_any_byte_on(int offset, string rest)
    {
        await Store.MoveInAsync(_folder.NewFile("file", "abcdef"), Key, CancellationToken.None);

        Assert.That(await ReadAsync(offset), Is.EqualTo(rest));
    }

    [Test]
    public async Task A_file_replaces_the_one_before_as_a_whole()
    {
        await Store.MoveInAsync(_folder.NewFile("file", "a longer one"), Key, CancellationToken.None);

        await Store.MoveInAsync(_folder.NewFile("file", "new"), Key, CancellationToken.None);

        Assert.That(await ReadAsync(), Is.EqualTo("new"));
    }

    [Test]
    public async Task A_worker_that_was_cancelled_replaces_nothing()
    {
        await Store.MoveInAsync(_folder.NewFile("file", "old"), Key, CancellationToken.None);

        Assert.That(
            async () => await Store.MoveInAsync(_folder.NewFile("file", "late"), Key, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());

        Assert.That(await ReadAsync(), Is.EqualTo("old"));
    }

    [Test]
    public async Task What_is_not_stored_is_not_found()
    {
        Assert.That(await Store.FindFileAsync(Key, DigestOf("abc"), _folder.NewFolder("work"), CancellationToken.None), Is.Null);
        Assert.That(await Store.HasAsync(Key, DigestOf("abc"), CancellationToken.None), Is.False);
        Assert.That(async () => await Store.OpenReadAsync(Key, 0, CancellationToken.None), Throws.InstanceOf<FileNotFoundException>());
    }

    [Test]
    public async Task It_says_where_it_is() => Assert.That(await Store.CheckAsync(CancellationToken.None), Is.Not.Empty);

    [Test]
    public void Keys_that_could_lead_elsewhere_are_refused()
    {
        var file = _folder.NewFile("file");

        Assert.That(async () => await Store.MoveInAsync(file, "../pipeline.db", CancellationToken.None), Throws.ArgumentException);
        Assert.That(async () => await Store.FindFileAsync("../x", default, _folder.Path, CancellationToken.None), Throws.ArgumentException);
        Assert.That(async () => await Store.OpenReadAsync("/etc/passwd", 0, CancellationToken.None), Throws.ArgumentException);
        Assert.That(async () => await Store.LocateAsync("../x", HttpMethod.Get), Throws.ArgumentException);
    }

    private static FileDigest DigestOf(string content) =>
        new(content.Length, Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(content))));

    private async Task<string> ReadAsync(long offset = 0)
    {
        using var reader = new StreamReader(await Store.OpenReadAsync(Key, offset, CancellationToken.None));
        return await reader.ReadToEndAsync();
    }

    private async Task<string> FindAsync(FileDigest expected) =>
        await File.ReadAllTextAsync((await Store.FindFileAsync(Key, expected, _folder.NewFolder("work"), CancellationToken.None))!);
}

internal sealed class ArtifactsInAFolder : ArtifactStoreConformance
{
    private PipelineFolders? _folders;

    protected override Task<IArtifactStore> NewStoreAsync(string dataFolder)
    {
        _folders = new(Microsoft.Extensions.Options.Options.Create(new PipelineOptions { DataDirectory = dataFolder }));
        return Task.FromResult<IArtifactStore>(new FolderArtifactStore(_folders));
    }

    [TearDown]
    public void CloseFolders() => _folders?.Dispose();
}

internal sealed class ArtifactsInS3 : ArtifactStoreConformance
{
    private StoreBench? _bench;

    protected override async Task<IArtifactStore> NewStoreAsync(string dataFolder)
    {
        _bench = await StoreBench.StartAsync();
        return _bench.Store;
    }

    [TearDown]
    public async Task CloseBenchAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }
    }
}
