using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Dispatch;

public sealed class MirroredJobTests
{
    [Test]
    public void A_background_job_is_called_by_stage_subject_and_priority() =>
        Assert.That(LabelOf("My video"), Is.EqualTo("transform - My video (p7)"));

    [Test]
    public void Without_a_subject_it_is_called_by_the_id_of_its_video_or_channel()
    {
        Assert.That(LabelOf(null), Is.EqualTo("transform - video 3 (p7)"));
        Assert.That(LabelOf(null, videoId: null), Is.EqualTo("transform - channel 2 (p7)"));
    }

    [Test]
    public void A_long_subject_is_cut_where_a_character_ends()
    {
        Assert.That(LabelOf(new string('a', 100)), Is.EqualTo($"transform - {new string('a', 100)} (p7)"));
        Assert.That(LabelOf(new string('a', 101)), Is.EqualTo($"transform - {new string('a', 99)}… (p7)"));
        Assert.That(LabelOf(new string('a', 98) + "😀😀"), Is.EqualTo($"transform - {new string('a', 98)}… (p7)"));
        Assert.That(LabelOf(new string('a', 97) + "😀😀"), Is.EqualTo($"transform - {new string('a', 97)}😀… (p7)"));
        Assert.That(LabelOf(new string('a', 98) + "   b"), Is.EqualTo($"transform - {new string('a', 98)}… (p7)"));
    }

    private static string? LabelOf(string? subject, long? videoId = 3) =>
        MirroredJob.For(new WaitingJob(1, JobType.Transform, 7, DateTimeOffset.UnixEpoch, ChannelId: 2, videoId), subject).Args[2] as string;
}
