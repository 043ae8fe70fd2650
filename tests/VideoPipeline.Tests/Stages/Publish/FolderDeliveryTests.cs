using VideoPipeline.Artifacts;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Publish;

namespace VideoPipeline.Tests.Stages.Publish;

public sealed class FolderDeliveryTests
{
    private string _folder = "";
    private string _file = "";
    private FileDigest _digest;

    private string Final => Path.Combine(_folder, "out", "A talk [7].mp4");

    [SetUp]
    public async Task SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("vp-target-").FullName;
        _file = Path.Combine(_folder, "output.mp4");
        await File.WriteAllTextAsync(_file, "the video");
        _digest = await DurableFile.DigestAsync(_file, CancellationToken.None);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_file_is_delivered_once()
    {
        Assert.That(await DeliverAsync(), "the first time");
        var written = File.GetLastWriteTimeUtc(Final);

        Assert.That(await DeliverAsync(), Is.False, "the second time");
        Assert.That(File.GetLastWriteTimeUtc(Final), Is.EqualTo(written));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(Final)!), Is.EqualTo(new[] { Final }));
    }

    [Test]
    public async Task A_file_with_other_content_is_replaced()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Final)!);
        await File.WriteAllTextAsync(Final, "not video");

        Assert.That(await DeliverAsync());
        Assert.That(await File.ReadAllTextAsync(Final), Is.EqualTo("the video"));
    }

    [Test]
    public async Task A_file_that_is_not_what_was_stored_is_not_delivered()
    {
        await File.WriteAllTextAsync(_file, "the vandal");

        Assert.That(DeliverAsync, Throws.InstanceOf<PermanentFailureException>());
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(Final)!), Is.Empty);
    }

    [TestCase(28, typeof(IOException))]
    [TestCase(5, typeof(TransientFailureException))]
    public void A_full_disk_is_told_from_other_errors(int error, Type expected)
    {
        Assert.That(
            async () => await FolderDelivery.DeliverAsync(_file, Final, _digest, _ => throw new IOException("as the system says", error), CancellationToken.None),
            Throws.TypeOf(expected));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(Final)!), Is.Empty);
    }

    [Test]
    public async Task A_late_worker_with_its_file_open_neither_hinders_nor_is_disturbed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Final)!);
        var partial = Path.Combine(Path.GetDirectoryName(Final)!, ".A talk [7].mp4.0a1b2c3d.partial");
        await using var late = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None);

        Assert.That(await DeliverAsync(), Is.True);
        Assert.That(File.Exists(partial));
    }

    [TestCase(".A [7].mp4.0a1b2c3d.partial", true)]
    [TestCase(".A [7].mp4.partial", true)]
    [TestCase(".A [7].json.partial", true)]
    [TestCase(".A [7].m4a.0a1b2c3d.partial", true)]
    [TestCase(".A [7].mp3.0a1b2c3d.partial", true)]
    [TestCase("A [7].mp4.partial", false)]
    [TestCase(".download.partial", false)]
    [TestCase("A [7].mp4", false)]
    public void Only_its_own_leftovers_are_removed(string name, bool removed)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, "x");

        FolderDelivery.RemovePartialFiles(_folder, DateTimeOffset.MaxValue);

        Assert.That(File.Exists(path), Is.Not.EqualTo(removed));
    }

    [Test]
    public void In_a_shared_folder_only_old_leftovers_are_removed()
    {
        var path = Path.Combine(_folder, ".A [7].mp4.0a1b2c3d.partial");
        File.WriteAllText(path, "x");
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);

        FolderDelivery.RemovePartialFiles(_folder, written);
        Assert.That(File.Exists(path));

        FolderDelivery.RemovePartialFiles(_folder, written.AddSeconds(1));
        Assert.That(File.Exists(path), Is.False);
    }

    private Task<bool> DeliverAsync() => FolderDelivery.DeliverAsync(_file, Final, _digest, _ => { }, CancellationToken.None);
}
