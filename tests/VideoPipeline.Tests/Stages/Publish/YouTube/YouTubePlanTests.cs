using Google.Apis.YouTube.v3.Data;
using VideoPipeline.Catalog;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Publish.YouTube;
using Channel = VideoPipeline.Catalog.Channel;
using Video = Google.Apis.YouTube.v3.Data.Video;

namespace VideoPipeline.Tests.Stages.Publish.YouTube;

public sealed class YouTubePlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void Every_video_is_uploaded_private([Values] VideoPrivacy privacy) =>
        Assert.That(Plan(new() { Privacy = privacy }).Uploaded("vp-1").Status!.PrivacyStatus, Is.EqualTo("private"));

    [TestCase(VideoPrivacy.Public, "public", true)]
    [TestCase(VideoPrivacy.Public, "private", false)]
    [TestCase(VideoPrivacy.Private, "private", true)]
    [TestCase(VideoPrivacy.Unlisted, "public", false)]
    public void Whether_it_is_as_it_is_meant_to_be(VideoPrivacy wanted, string present, bool fulfilled) =>
        Assert.That(Plan(new() { Privacy = wanted }).IsFulfilledBy(new VideoStatus { PrivacyStatus = present }), Is.EqualTo(fulfilled));

    [Test]
    public void A_video_that_became_public_in_time_is_as_it_is_meant_to_be()
    {
        var plan = Plan(new() { PublishAt = Noon });

        Assert.That(plan.Privacy, Is.EqualTo("private"));
        Assert.That(plan.IsFulfilledBy(new VideoStatus { PrivacyStatus = "private" }), Is.False);
        Assert.That(plan.IsFulfilledBy(new VideoStatus { PrivacyStatus = "private", PublishAtDateTimeOffset = Noon }));
        Assert.That(plan.IsFulfilledBy(new VideoStatus { PrivacyStatus = "public" }));
        Assert.That(() => plan.RequireFuture(Noon.AddTicks(-1)), Throws.Nothing);
        Assert.That(() => plan.RequireFuture(Noon), Throws.InstanceOf<PermanentFailureException>());
    }

    [Test]
    public void Fractions_of_a_second_are_neither_sent_nor_expected()
    {
        var plan = Plan(new() { PublishAt = Noon.AddMicroseconds(123_456) });

        Assert.That(plan.Visible(new VideoStatus()).PublishAtDateTimeOffset, Is.EqualTo(Noon));
        Assert.That(plan.IsFulfilledBy(new VideoStatus { PrivacyStatus = "private", PublishAtDateTimeOffset = Noon }));
    }

    [Test]
    public void An_update_leaves_the_rest_of_the_status_as_it_is()
    {
        var status = Plan(new() { Privacy = VideoPrivacy.Public, MadeForKids = true }).Visible(new VideoStatus
        {
            PrivacyStatus = "private",
            License = "creativeCommon",
            Embeddable = false,
            PublicStatsViewable = false,
            ContainsSyntheticMedia = true,
        });

        Assert.That(
            (status.PrivacyStatus, status.License, status.Embeddable, status.PublicStatsViewable, status.ContainsSyntheticMedia, status.SelfDeclaredMadeForKids),
            Is.EqualTo(("public", "creativeCommon", (bool?)false, (bool?)false, (bool?)true, (bool?)true)));
    }

    // channels.list 1, thumbnail 50, each playlist 1 + 50, the last look 1, update 50.
    [TestCase(false, 0, VideoPrivacy.Private, 2)]
    [TestCase(true, 0, VideoPrivacy.Private, 52)]
    [TestCase(true, 2, VideoPrivacy.Public, 204)]
    public void What_it_costs(bool thumbnail, int playlists, VideoPrivacy privacy, int units) => Assert.That(
        Plan(new() { Thumbnail = thumbnail, Playlists = [.. Enumerable.Repeat("PL", playlists)], Privacy = privacy }).Cost, Is.EqualTo(units));

    [TestCase("uploaded", "processing", false)]
    [TestCase("processed", "succeeded", true)]
    [TestCase("processed", null, true)]
    public void Processing(string upload, string? processing, bool processed) =>
        Assert.That(ProcessingState.IsProcessed(State(upload, processing)), Is.EqualTo(processed));

    [TestCase("failed", "failed")]
    [TestCase("rejected", null)]
    [TestCase("deleted", null)]
    [TestCase("uploaded", "terminated")]
    public void What_will_never_be_processed(string upload, string? processing) =>
        Assert.That(() => ProcessingState.IsProcessed(State(upload, processing)), Throws.InstanceOf<PermanentFailureException>());

    [TestCase(0, 10)]
    [TestCase(60, 15)]
    [TestCase(3600, 900)]
    [TestCase(86_400, 900)]
    public void The_longer_it_takes_the_less_often_it_is_asked_for(int age, int pause) =>
        Assert.That(ProcessingState.Pause(TimeSpan.FromSeconds(age), TimeSpan.FromSeconds(10)), Is.EqualTo(TimeSpan.FromSeconds(pause)));

    private static Video State(string upload, string? processing) => new()
    {
        Status = new VideoStatus { UploadStatus = upload },
        ProcessingDetails = processing is null ? null : new VideoProcessingDetails { ProcessingStatus = processing },
    };

    private static YouTubePlan Plan(YouTubeTargetSettings settings) => new(
        new Channel { Name = "Talks", SourceUrl = "/", Profile = "default", YouTube = settings },
        new VideoPipeline.Catalog.Video { ExternalId = "a", Url = "https://videos.example/a", Title = "A talk" });
}
