using VideoPipeline.Cli.Channels;
using VideoPipeline.Cli.Queue;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Tests.Cli;

public sealed class ArgumentTests
{
    [TestCase("/srv/videos", "folder")]
    [TestCase("videos", "folder")]
    [TestCase("file:///srv/videos", "folder")]
    [TestCase("https://example.org/feed.xml?page=1", "feed")]
    [TestCase("https://example.org/Podcast.RSS", "feed")]
    [TestCase("https://www.youtube.com/feeds/videos.xml?channel_id=UC1", "feed")]
    [TestCase("https://example.org/blog/feed/", "feed")]
    [TestCase("https://www.youtube.com/@somebody", "ytdlp")]
    [TestCase("https://example.org/feedback", "ytdlp")]
    [TestCase("gopher://example.org/videos", "ytdlp")]
    public void The_kind_of_a_source_is_guessed(string source, string kind) => Assert.That(SourceGuess.KindOf(source), Is.EqualTo(kind));

    [Test]
    public void A_channel_is_put_together_from_options()
    {
        var fields = new ChannelFields
        {
            Rights = "own",
            Target = "youtube",
            Cron = "0 * * * *",
            MaxPerRun = 3,
            PublishedAfter = "2026-01-31",
            TitleInclude = "talk",
            AllowPrivateNetworks = true,
        };

        Assert.That(fields.ToBody("Talks", "https://example.org/a.rss").ToJsonString(), Is.EqualTo(
            """{"name":"Talks","source":{"kind":"feed","url":"https://example.org/a.rss"},"rights":"own","cron":"0 * * * *","allowPrivateNetworks":true,"target":{"kind":"youtube"},"filters":{"titleInclude":"talk","publishedAfter":"2026-01-31T00:00:00Z","maxPerRun":3}}"""));
    }

    [Test]
    public void A_handle_of_YouTube_is_no_folder() => Assert.That(
        new ChannelFields { Kind = "youtube" }.ToBody("Talks", "@talks").ToJsonString(), Is.EqualTo("""{"name":"Talks","source":{"kind":"youtube","url":"@talks"}}"""));

    [Test]
    public void Options_win_over_the_file_and_keep_the_rest_of_it()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"name":"Old","priority":3,"filters":{"minDuration":5},"target":{"kind":"youtube","youtube":{"privacy":"unlisted"}}}""");
            var fields = new ChannelFields { From = file, Target = "youtube", MaxDuration = 60 };

            Assert.That(fields.ToBody("New", source: null).ToJsonString(), Is.EqualTo(
                """{"name":"New","priority":3,"filters":{"minDuration":5,"maxDuration":60},"target":{"kind":"youtube","youtube":{"privacy":"unlisted"}}}"""));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase("30s", "00:00:30")]
    [TestCase("45m", "00:45:00")]
    [TestCase("1h30m", "01:30:00")]
    [TestCase("3d", "3.00:00:00")]
    [TestCase("", null)]
    [TestCase("0s", null)]
    [TestCase("5", null)]
    [TestCase("5m1h", null)]
    [TestCase("-5m", null)]
    public void Durations_of_pauses(string text, string? duration) =>
        Assert.That(PauseEnd.OfDuration(text), Is.EqualTo(duration is null ? (TimeSpan?)null : TimeSpan.Parse(duration)));

    [TestCase("2030-01-31T18:00:00Z", "2030-01-31T18:00:00+00:00")]
    [TestCase("2030-01-31T18:00:00+02:00", "2030-01-31T16:00:00+00:00")]
    [TestCase("2030-01-31 18:00", "2030-01-31T17:00:00+00:00")]
    [TestCase("tomorrow", null)]
    public void Ends_of_pauses_in_the_time_zone_of_the_reader(string text, string? time) => Assert.That(
        PauseEnd.OfTime(text, TimeZoneInfo.CreateCustomTimeZone("one hour east", TimeSpan.FromHours(1), null, null))?.ToUniversalTime(),
        Is.EqualTo(time is null ? (DateTimeOffset?)null : DateTimeOffset.Parse(time)));

    [Test]
    public void Paths_have_those_parameters_that_are_given() => Assert.That(
        ServiceClient.Path("api/jobs?limit=1", ("status", null), ("channelId", "1"), ("errorContains", "a b&c")),
        Is.EqualTo("api/jobs?limit=1&channelId=1&errorContains=a%20b%26c"));
}
