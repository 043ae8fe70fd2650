using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.Publish;

namespace VideoPipeline.IntegrationTests.Stages;

[Category(TestCategories.Heavy)]
public sealed class PublishStageTests
{
    private StageBench _bench = null!;

    [SetUp]
    public async Task SetUp() => _bench = await StageBench.StartAsync();

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    private string Folder => Path.Combine(_bench.Folders.Published, "Talks");

    [Test]
    public async Task A_video_is_published_once_with_what_belongs_to_it()
    {
        var video = await _bench.TransformedAsync(TestMedia.Sample("balle1-vp9.avi"), title: "../A/talk: \"one\"");

        var first = Result(await _bench.CompleteAsync(JobType.Publish, video));
        var written = File.GetLastWriteTimeUtc(first.Location);
        var second = Result(await _bench.CompleteAsync(JobType.Publish, video));

        await using var db = _bench.Database();
        var publication = await db.Publications.SingleAsync();
        var output = await db.Artifacts.SingleAsync(a => a.Kind == ArtifactKind.Output);
        var metadata = JsonDocument.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(first.Location, ".json")!)).RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(first.Location, Is.EqualTo(Path.Combine(Folder, "A-talk- 'one' [1].mp4")));
            Assert.That((first.AlreadyPublished, second.AlreadyPublished), Is.EqualTo((false, true)));
            Assert.That(File.GetLastWriteTimeUtc(first.Location), Is.EqualTo(written));
            Assert.That((publication.Location, publication.Sha256), Is.EqualTo((first.Location, output.Sha256)));
            Assert.That(Names(), Is.EquivalentTo(new[] { "A-talk- 'one' [1].mp4", "A-talk- 'one' [1].jpg", "A-talk- 'one' [1].json" }));
            Assert.That(db.Artifacts.Count(a => a.Kind == ArtifactKind.Metadata), Is.EqualTo(1));
            Assert.That(metadata.GetProperty("title").GetString(), Is.EqualTo("../A/talk: \"one\""));
            Assert.That(metadata.GetProperty("rights").GetString(), Is.EqualTo("own"));
            Assert.That(metadata.GetProperty("attribution").GetString(), Is.EqualTo("A. Speaker"));
            Assert.That(metadata.GetProperty("sha256").GetString(), Is.EqualTo(output.Sha256));
            Assert.That(metadata.GetProperty("width").GetInt32(), Is.EqualTo(320));
            Assert.That(metadata.GetProperty("sourceUrl").ValueKind, Is.EqualTo(JsonValueKind.Null), "paths of this machine stay here");
        });
        await TestMedia.AssertPlayableAsync(first.Location);
    }

    [Test]
    public async Task A_crash_before_the_row_publishes_nothing_twice()
    {
        var video = await _bench.TransformedAsync(TestMedia.Sample("Effet_force_magnetique.ogv"));

        // The stage has delivered, and the process died before the transaction.
        var context = await _bench.ClaimAsync(JobType.Publish, video.ChannelId, video.Id);
        await _bench.Stage(JobType.Publish).RunAsync(context, CancellationToken.None);
        await _bench.Get<JobRows>().RescueAsync(holdersAreDead: true, CancellationToken.None);

        var again = Result(await _bench.CompleteAsync(JobType.Publish, video));

        Assert.That(again.AlreadyPublished);
        Assert.That(Names().Where(name => name!.EndsWith(".mp4", StringComparison.Ordinal)), Has.Exactly(1).Items);
        await using var db = _bench.Database();
        Assert.That(await db.Publications.CountAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_video_stays_where_it_is_when_its_title_changes()
    {
        var video = await _bench.TransformedAsync(TestMedia.Sample("Effet_force_magnetique.ogv"));
        var first = Result(await _bench.CompleteAsync(JobType.Publish, video));
        await using (var db = _bench.Database())
        {
            await db.Videos.ExecuteUpdateAsync(set => set.SetProperty(v => v.Title, "Renamed"));
        }

        Assert.That(Result(await _bench.CompleteAsync(JobType.Publish, video)).Location, Is.EqualTo(first.Location));
    }

    private static PublishResult Result(VideoProcessingJob job) => JsonSerializer.Deserialize<PublishResult>(job.Result!, JsonSerializerOptions.Web)!;

    private IEnumerable<string?> Names() => Directory.GetFiles(Folder).Select(Path.GetFileName);
}
