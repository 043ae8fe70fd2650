using VideoPipeline.Stages.Media;

namespace VideoPipeline.Tests.Stages.Media;

public sealed class ProbeFailureTests
{
    private static readonly byte[] Mp4Head = [0, 0, 0, 32, .. "ftypisom"u8];

    [Test]
    public void A_truncated_mp4_is_called_that()
    {
        var failure = ProbeFailure.Explain(
            "balle.mp4", 1, ["[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55a79cdbd1c0] moov atom not found", "x: Invalid data found when processing input"], Mp4Head);

        Assert.That(failure.Message, Is.EqualTo(
            "balle.mp4 is not a playable video: the file is truncated (its index, the moov atom, is missing). Fetch it again or remove it from the source."));
        Assert.That(failure.Details["exitCode"], Is.EqualTo(1));
        Assert.That((IReadOnlyList<string>)failure.Details["errors"]!, Has.Exactly(2).Items);
    }

    [Test]
    public void A_text_that_is_called_mp4_is_not_called_truncated() => Assert.That(
        ProbeFailure.Explain("notes.mp4", 1, ["[mov @ 0x1] moov atom not found"], "hello, world"u8).Message,
        Is.EqualTo("notes.mp4 is not a playable video: it is no media file. Remove it from the source."));

    [Test]
    public void A_playlist_is_refused() => Assert.That(
        ProbeFailure.Explain("a.mp4", 1, ["[hls @ 0x1] Format not on whitelist 'mov,avi'", "a.mp4: Invalid argument"], "#EXTM3U"u8).Message,
        Does.Contain("playlist"));

    [Test]
    public void An_empty_file_is_called_that() => Assert.That(ProbeFailure.Explain("a.mp4", 1, [], []).Message, Does.Contain("the file is empty"));

    [Test]
    public void Everything_else_is_passed_on() => Assert.That(
        ProbeFailure.Explain("a.mp4", 1, ["a.mp4: Permission denied"], "x"u8).Message, Does.EndWith("a.mp4: Permission denied."));
}
