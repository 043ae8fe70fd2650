using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Tests.Stages.Scrape;

public sealed class FolderSourceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private string _root = "";
    private string _folder = "";
    private FakeTimeProvider _time = null!;

    [SetUp]
    public void SetUp()
    {
        _root = Directory.CreateTempSubdirectory("vp-source-").FullName;
        _folder = Directory.CreateDirectory(Path.Combine(_root, "videos")).FullName;
        _time = new(Now);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [TestCase("a.mp4", true)]
    [TestCase("a.MKV", true)]
    [TestCase("a.b.webm", true)]
    [TestCase("a.mp3", false)]
    [TestCase("a.txt", false)]
    [TestCase("mp4", false)]
    [TestCase(".a.mp4", false)]
    [TestCase("", false)]
    public void Videos_are_known_by_their_extension(string name, bool isVideo) => Assert.That(FolderSource.IsVideo(name), Is.EqualTo(isVideo));

    [TestCase("a.mp3", true)]
    [TestCase("a.FLAC", true)]
    [TestCase("a.mp4", false)]
    [TestCase(".a.mp3", false)]
    public void Files_of_sound_are_known_by_their_extension(string name, bool isSound) => Assert.That(FolderSource.IsSound(name), Is.EqualTo(isSound));

    [Test]
    public async Task Videos_are_found_at_any_depth_and_described()
    {
        Write("talks/2026/One talk.mp4", Now.AddDays(-2));
        Write("b.avi", Now.AddDays(-1));
        Write("episode.mp3", Now.AddDays(-1));
        Write("notes.txt", Now.AddDays(-1));
        Write(".hidden.mp4", Now.AddDays(-1));
        Write(".cache/c.mp4", Now.AddDays(-1));

        var found = (await List()).OrderBy(file => file.ExternalId, StringComparer.Ordinal).ToList();

        Assert.That(found.Select(file => file.ExternalId), Is.EqualTo(new[] { "b.avi", "episode.mp3", "talks/2026/One talk.mp4" }));
        Assert.That(found[2].Title, Is.EqualTo("One talk"));
        Assert.That(found[2].ModifiedAt, Is.EqualTo(Now.AddDays(-2)));
        Assert.That(Path.IsPathFullyQualified(found[2].Path));
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task Links_are_followed_inside_of_the_folder_only()
    {
        Write("real.mp4", Now.AddDays(-1));
        var outside = Path.Combine(_root, "secret.mp4");
        await File.WriteAllTextAsync(outside, "x");
        File.CreateSymbolicLink(Path.Combine(_folder, "inside.mp4"), "real.mp4");
        File.CreateSymbolicLink(Path.Combine(_folder, "outside.mp4"), outside);
        File.CreateSymbolicLink(Path.Combine(_folder, "relative.mp4"), "../secret.mp4");
        File.CreateSymbolicLink(Path.Combine(_folder, "broken.mp4"), "nowhere.mp4");
        File.CreateSymbolicLink(Path.Combine(_folder, "circle.mp4"), "circle.mp4");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "up"), _root);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "self"), _folder);

        var found = await List();

        Assert.That(found.Select(file => file.ExternalId), Is.EquivalentTo(new[] { "real.mp4", "inside.mp4" }));
    }

    [Test]
    public async Task A_file_that_grows_is_left_for_the_next_scrape()
    {
        Write("growing.mp4", Now.AddSeconds(-1));
        Write("settled.mp4", Now.AddSeconds(-5));
        Write("old.mp4", Now.AddDays(-1));

        var listing = List();
        Assert.That(listing.IsCompleted, Is.False, "it takes a second look at files that are so new");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(listing.IsCompleted, Is.False, "there are copies that write every two seconds");
        Write("growing.mp4", Now.AddSeconds(2), content: "more of it");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That((await listing).Select(file => file.ExternalId), Is.EquivalentTo(new[] { "settled.mp4", "old.mp4" }));
    }

    [Test]
    public async Task An_empty_file_is_listed_once_it_stays_empty()
    {
        Write("begun.mp4", Now, content: "");
        Write("made.mp4", Now, content: "");
        Write("empty.mp4", Now.AddDays(-1), content: "");

        var listing = List();
        Write("begun.mp4", Now, content: "its first bytes");
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.That((await listing).Select(file => file.ExternalId), Is.EquivalentTo(new[] { "made.mp4", "empty.mp4" }));
    }

    [Test]
    public void A_folder_that_is_not_there_may_come_back() => Assert.That(
        async () => await new FolderSource(_time).ListAsync(Path.Combine(_root, "nowhere"), CancellationToken.None),
        Throws.InstanceOf<TransientFailureException>().With.Message.Contains("mounted"));

    private Task<IReadOnlyList<SourceFile>> List() => new FolderSource(_time).ListAsync(_folder, CancellationToken.None);

    private void Write(string name, DateTimeOffset modifiedAt, string content = "x")
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, modifiedAt.UtcDateTime);
    }
}
