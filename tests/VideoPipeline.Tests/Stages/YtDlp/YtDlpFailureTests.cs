using VideoPipeline.Stages;
using VideoPipeline.Stages.YtDlp;

namespace VideoPipeline.Tests.Stages.YtDlp;

public sealed class YtDlpFailureTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [TestCase("ERROR: [youtube] x: Sign in to confirm you’re not a bot. Use --cookies-from-browser or --cookies for the authentication.")]
    [TestCase("ERROR: [youtube] x: Sign in to confirm you're not a bot.")]
    [TestCase("ERROR: [generic] x: Unable to download webpage: HTTP Error 429: Too Many Requests (caused by <HTTPError 429: 'Too Many Requests'>)")]
    [TestCase("ERROR: [youtube] x: Video unavailable. This content isn’t available, try again later. The current session has been rate-limited by YouTube for up to an hour.")]
    [TestCase("ERROR: [generic] Got HTTP Error 403 caused by Cloudflare anti-bot challenge; try again with  --extractor-args \"generic:impersonate\"")]
    public void A_block_pauses_the_channel(string line) => Assert.That(Explain(line), Is.InstanceOf<SourceRefusedException>());

    [TestCase(true, typeof(SourceRefusedException))]
    [TestCase(false, typeof(TransientFailureException))]
    public void A_403_concerns_the_whole_source_when_it_is_listed(bool listing, Type expected) =>
        Assert.That(Explain("ERROR: unable to download video data: HTTP Error 403: Forbidden", listing), Is.InstanceOf(expected));

    [TestCase("ERROR: [generic] None: Unable to download webpage: HTTP Error 404: File not found (caused by <HTTPError 404: 'File not found'>); please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the appropriate issue template. Confirm you are on the latest version using  yt-dlp -U")]
    [TestCase("ERROR: [youtube] x: Private video. Sign in if you've been granted access to this video")]
    [TestCase("ERROR: [youtube] x: Video unavailable. This video has been removed by the uploader")]
    [TestCase("ERROR: Unsupported URL: https://example.org/")]
    public void What_is_gone_or_closed_fails_for_good(string line) => Assert.That(Explain(line), Is.InstanceOf<PermanentFailureException>());

    [TestCase("ERROR: [youtube] x: This live event will begin in 3 hours.")]
    [TestCase("ERROR: [youtube] x: Premieres in 20 minutes")]
    public void What_has_yet_to_begin_is_waited_for(string line) =>
        Assert.That(Explain(line), Is.InstanceOf<SnoozeException>().With.Property(nameof(SnoozeException.Until)).EqualTo(Now.AddHours(1)));

    [Test]
    public void A_full_disk_is_waited_for() => Assert.That(
        Explain("ERROR: unable to write data: [Errno 28] No space left on device"),
        Is.InstanceOf<SnoozeException>().With.Property(nameof(SnoozeException.Until)).EqualTo(Now.AddMinutes(5)));

    [TestCase("ERROR: [generic] Unable to download webpage: <urlopen error [Errno 111] Connection refused>")]
    [TestCase("ERROR: [generic] x: Unable to download webpage: HTTP Error 500: Internal Server Error")]
    [TestCase("something that nobody has seen before")]
    [TestCase("")]
    public void The_rest_may_be_better_next_time(string line) => Assert.That(Explain(line), Is.InstanceOf<TransientFailureException>());

    [Test]
    public void It_is_said_in_yt_dlps_words_without_the_ornaments() => Assert.That(
        Explain("ERROR: [generic] None: Unable to download webpage: HTTP Error 404: File not found (caused by <HTTPError 404: 'File not found'>); please report this issue on  https://github.com/x").Message,
        Is.EqualTo("It can't be fetched: [generic] None: Unable to download webpage: HTTP Error 404: File not found"));

    private static StageException Explain(string line, bool listing = false) =>
        YtDlpFailure.Explain(1, ["WARNING: [generic] Falling back on generic information extractor", line], listing, Now);
}
