using System.Diagnostics;
using System.Text;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Tests.Stages.Scrape;

public sealed class FeedDocumentTests
{
    private static readonly Uri Address = new("https://example.org/shows/feed.xml");

    [Test]
    public void Rss_with_enclosures_is_read_the_oldest_first()
    {
        var found = Parse(Rss(
            """
            <item><title> New
              talk </title><guid isPermaLink="false">id-2</guid><pubDate>Sun, 01 Mar 2026 10:00:00 +0100</pubDate>
              <enclosure url="https://cdn.example.org/2.mp4" type="video/mp4" length="12"/><itunes:duration>1:02:03</itunes:duration></item>
            <item><title>Old talk</title><guid>id-1</guid><enclosure url="/1.mp4" type="video/mp4" length=""/></item>
            <item><title>A text</title><guid>id-0</guid><link>https://example.org/0</link></item>
            <item><title>Sound</title><guid>id-s</guid><enclosure url="https://example.org/s.mp3" type="audio/mpeg" length="1"/></item>
            """));

        Assert.That(found, Is.EqualTo(new[]
        {
            new SourceVideo { ExternalId = "id-1", Url = "https://example.org/1.mp4", Title = "Old talk" },
            new SourceVideo
            {
                ExternalId = "id-2", Url = "https://cdn.example.org/2.mp4", Title = "New talk", Duration = 3723,
                PublishedAt = new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero),
            },
        }));
    }

    [Test]
    public void Sound_is_taken_where_it_is_of_use_and_there_is_no_video()
    {
        var feed = Rss(
            """
            <item><title>Named</title><guid>4</guid><enclosure url="https://example.org/named.MP3" length="1"/></item>
            <item><title>Both</title><guid>3</guid><media:group><media:content url="https://example.org/b.mp3" type="audio/mpeg" bitrate="9000"/>
              <media:content url="https://example.org/b.mp4" type="video/mp4" height="2160"/></media:group></item>
            <item><title>Medium</title><guid>2</guid><media:content url="https://example.org/m" medium="audio"/></item>
            <item><title>Typed</title><guid>1</guid><enclosure url="https://example.org/t" type="audio/mpeg" length="1"/></item>
            """);

        Assert.That(Parse(feed).Select(video => video.Url), Is.EqualTo(new[] { "https://example.org/b.mp4" }));
        Assert.That(Parse(feed, takesSound: true).Select(video => video.Url), Is.EqualTo(new[]
        {
            "https://example.org/t", "https://example.org/m", "https://example.org/b.mp4", "https://example.org/named.MP3",
        }));
    }

    [Test]
    public void Atom_with_enclosures_is_read()
    {
        var found = Parse(
            """
            <feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:feed</id><updated>2026-03-02T00:00:00Z</updated>
            <entry><id>urn:1</id><title type="html">A &amp;amp; B</title><updated>2026-03-02T00:00:00Z</updated><published>2026-03-01T00:00:00Z</published>
              <link rel="alternate" href="page.html"/><link rel="enclosure" type="video/webm" href="a.webm" length="7"/></entry>
            <entry><id>urn:2</id><title>B</title><updated>2026-03-02T00:00:00Z</updated><link rel="enclosure" href="b.MKV"/></entry></feed>
            """);

        Assert.That(found.Select(video => (video.ExternalId, video.Url, video.PublishedAt?.Day)), Is.EqualTo(new[]
        {
            ("urn:2", "https://example.org/shows/b.MKV", (int?)2), ("urn:1", "https://example.org/shows/a.webm", 1),
        }));
    }

    [Test]
    public void YouTubes_feed_of_a_channel_leads_to_the_pages_of_its_videos()
    {
        var found = Parse(
            """
            <feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">
            <link rel="self" href="http://www.youtube.com/feeds/videos.xml?channel_id=UC1"/><id>yt:channel:1</id><yt:channelId>1</yt:channelId><title>C</title>
            <entry><id>yt:video:dQw4w9WgXcQ</id><yt:videoId>dQw4w9WgXcQ</yt:videoId><yt:channelId>UC1</yt:channelId><title>One</title>
              <link rel="alternate" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"/><author><name>C</name></author>
              <published>2026-03-01T10:00:00+00:00</published><updated>2026-03-04T10:00:00+00:00</updated>
              <media:group><media:title>One</media:title><media:content url="https://www.youtube.com/v/dQw4w9WgXcQ?version=3" type="application/x-shockwave-flash" width="640" height="390"/></media:group></entry></feed>
            """);

        Assert.That(found.Single(), Is.EqualTo(new SourceVideo
        {
            ExternalId = "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            Url = "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            Title = "One",
            PublishedAt = new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero),
        }));
    }

    [TestCase(1080, "p1080")]
    [TestCase(720, "p720")]
    [TestCase(100, "p240")]
    public void Of_several_renditions_the_one_that_is_needed_is_taken(int maxHeight, string taken)
    {
        var found = Parse(
            Rss(
                """
                <item><title>A</title><guid>1</guid><media:group>
                <media:content url="https://example.org/p240" medium="video" height="240" duration="61.5"/>
                <media:content url="https://example.org/p2160" type="video/mp4" height="2160"/>
                <media:content url="https://example.org/p1080" type="video/mp4" height="1080" bitrate="4000"/>
                <media:content url="https://example.org/p1080-small" type="video/mp4" height="1080" bitrate="900"/>
                <media:content url="https://example.org/p720" type="video/mp4" height="720"/>
                <media:content url="https://example.org/cover.jpg" medium="image" height="1000"/></media:group></item>
                """),
            maxHeight);

        Assert.That((found.Single().Url, found.Single().Duration), Is.EqualTo(("https://example.org/" + taken, 61.5)));
    }

    [TestCase("<rss><channel><item>stray <title>A</title><enclosure url='https://example.org/a.mp4' type='video/mp4'/></item></channel></rss>", Description = "no version")]
    [TestCase("<rss version='0.91'><channel><item><title>A</title><enclosure url='https://example.org/a.mp4' type='video/mp4' length='1.5 MB'/></item></channel></rss>")]
    [TestCase("<rss version='2.0'><channel><item><title>A</title><pubDate>yesterday</pubDate><enclosure url='https://example.org/a.mp4' type='video/mp4' length='1'/></item></channel></rss>")]
    [TestCase("<rss version='2.0'><channel><item><title>A&#1;</title><enclosure url='https://example.org/a.mp4' type='video/mp4' length='1'/></item></channel></rss>")]
    [TestCase("<rss version='2.0'><channel><item><title>B</title><enclosure url='http://[broken' type='video/mp4' length='1'/></item><item><title>A</title><enclosure url='https://example.org/a.mp4' type='video/mp4' length='1'/></item></channel></rss>")]
    [TestCase("<rss version='2.0'><channel><item><title>B</title><enclosure url='file:///etc/passwd' type='video/mp4' length='1'/></item><item><title>A</title><enclosure url='https://example.org/a.mp4' type='video/mp4' length='1'/></item></channel></rss>")]
    public void What_is_odd_in_a_feed_costs_itself_only(string feed) =>
        Assert.That(Parse(feed).Select(video => (video.Title, video.Url)), Is.EqualTo(new[] { ("A", "https://example.org/a.mp4") }));

    [Test]
    public void Names_of_files_in_titles_and_ids_are_text()
    {
        var found = Parse(Rss("<item><title>../../etc/passwd&#10;rm -rf</title><guid>../../x&#10;y</guid><enclosure url='https://example.org/a.mp4' type='video/mp4' length='1'/></item>")).Single();

        Assert.That((found.Title, found.ExternalId), Is.EqualTo(("../../etc/passwd rm -rf", "../../x\ny")));
    }

    [Test]
    public void An_id_of_any_length_can_be_kept()
    {
        var found = Parse(Rss($"<item><title>A</title><guid>{new string('x', 5000)}</guid><enclosure url='https://example.org/a.mp4' type='video/mp4' length='1'/></item>")).Single();

        Assert.That(found.CanBeKept);
        Assert.That(found.ExternalId, Does.Match("^sha256:[0-9a-f]{64}$"));
    }

    [Test]
    public void A_bomb_of_entities_does_not_go_off() => AssertRefused(
        """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><rss version="2.0"><channel><item><title>&c;</title></item></channel></rss>""");

    [TestCase("file:///etc/passwd")]
    [TestCase("http://127.0.0.1:1/")]
    public void No_file_and_no_address_is_read_for_an_entity(string system) => AssertRefused(
        $"""<!DOCTYPE rss [<!ENTITY x SYSTEM "{system}">]><rss version="2.0"><channel><item><title>&x;</title><enclosure url="https://example.org/a.mp4" type="video/mp4"/></item></channel></rss>""");

    [Test]
    public void Elements_nested_without_end_do_not_take_the_stack()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 300_000));
        AssertRefused(Rss($"<item><title>A</title>{deep}"), "deep");
        AssertRefused(deep.Replace("<a>", "<feed xmlns='http://www.w3.org/2005/Atom'>", StringComparison.Ordinal), "deep");
    }

    [TestCase("<html><body>Please sign in</body></html>", "no RSS or Atom feed")]
    [TestCase("not XML at all", "can't be read")]
    [TestCase("", "can't be read")]
    [TestCase("\0\0\0\0", "can't be read")]
    [TestCase("<rss version='2.0'><channel><item><title>A</ti", "can't be read")]
    public void What_is_no_feed_fails_for_good_in_plain_words(string content, string said) => AssertRefused(content, said);

    [Test]
    public void Ten_megabytes_of_entries_are_read_in_seconds()
    {
        var item = "<item><title>A</title><guid>{0}</guid><enclosure url='https://example.org/{0}.mp4' type='video/mp4' length='1'/></item>";
        var feed = Rss(string.Concat(Enumerable.Range(0, 80_000).Select(number => item.Replace("{0}", number.ToString(), StringComparison.Ordinal))));
        var watch = Stopwatch.StartNew();

        Assert.That(Parse(feed), Has.Count.EqualTo(80_000));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    private static void AssertRefused(string content, string said = "can't be read") =>
        Assert.That(() => Parse(content), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains(said));

    private static IReadOnlyList<SourceVideo> Parse(string content, int maxHeight = 1080, bool takesSound = false)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        return FeedDocument.Parse(stream, Address, maxHeight, takesSound);
    }

    private static string Rss(string items) =>
        $"""<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>T</title><link>https://example.org/</link><description/>{items}</channel></rss>""";
}
