using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Tests.Stages.Scrape;

/// <summary>On captured output: of yt-dlp 2023.03.04 on a feed, and in the form that later versions give channels.</summary>
public sealed class FlatPlaylistTests
{
    [Test]
    public void The_entries_of_a_feed_lose_what_was_smuggled_into_their_urls()
    {
        var found = FlatPlaylist.Parse(
            """
            {"_type": "playlist", "id": "http://127.0.0.1:8765/feed.xml", "title": "T", "entries": [
            {"_type": "url_transparent", "url": "http://127.0.0.1:8765/a.mp4#__youtubedl_smuggle=%7B%22force_videoid%22%3A+%22g1%22%7D", "title": "One", "timestamp": 1772359200.0, "duration": null},
            {"_type": "url_transparent", "url": "http://127.0.0.1:8765/b.mp4?x=2#__youtubedl_smuggle=%7B%7D", "title": "Two", "timestamp": null, "duration": 12.5}],
            "webpage_url": "http://127.0.0.1:8765/feed.xml", "extractor_key": "Generic", "playlist_count": 2}
            """);

        Assert.That(found, Is.EqualTo(new[]
        {
            new SourceVideo { ExternalId = "http://127.0.0.1:8765/b.mp4?x=2", Url = "http://127.0.0.1:8765/b.mp4?x=2", Title = "Two", Duration = 12.5 },
            new SourceVideo
            {
                ExternalId = "http://127.0.0.1:8765/a.mp4", Url = "http://127.0.0.1:8765/a.mp4", Title = "One",
                PublishedAt = new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero),
            },
        }));
    }

    [Test]
    public void A_channel_may_be_a_list_of_lists_and_has_what_is_no_video()
    {
        var found = FlatPlaylist.Parse(
            """
            {"_type": "playlist", "entries": [
              {"_type": "playlist", "title": "Videos", "entries": [
                {"_type": "url", "ie_key": "Youtube", "id": "aaaaaaaaaaa", "url": "https://www.youtube.com/watch?v=aaaaaaaaaaa", "title": "A", "duration": 60},
                {"_type": "url", "ie_key": "Youtube", "id": "bbbbbbbbbbb", "url": "bbbbbbbbbbb", "title": null},
                {"_type": "url", "ie_key": "Youtube", "id": "c", "url": "https://www.youtube.com/watch?v=c", "title": "soon", "live_status": "is_upcoming"},
                {"_type": "url", "ie_key": "Youtube", "id": "d", "url": "https://www.youtube.com/watch?v=d", "title": "now", "live_status": "is_live"},
                null]},
              {"_type": "url", "ie_key": "YoutubeTab", "url": "https://www.youtube.com/@x/playlists", "title": "Playlists"},
              {"_type": "url", "url": "file:///etc/passwd", "title": "no"}, {"_type": "url", "url": "-o/etc/x", "title": "no"}, {"_type": "url", "url": "ytsearch:x", "title": "no"},
              {"_type": "url", "url": 5, "title": []}, 7, "x"]}
            """);

        Assert.That(found.Select(video => (video.Url, video.Title)), Is.EqualTo(new[]
        {
            ("https://www.youtube.com/watch?v=bbbbbbbbbbb", "bbbbbbbbbbb"), ("https://www.youtube.com/watch?v=aaaaaaaaaaa", "A"),
        }));
    }

    [Test]
    public void A_single_video_is_a_list_of_one_by_its_page_and_not_by_its_stream()
    {
        var found = FlatPlaylist.Parse(
            """{"id": "x", "title": "X", "url": "https://cdn.example.org/x.mp4?expires=1", "webpage_url": "https://example.org/x", "upload_date": "20260301", "duration": 3.5}""");

        Assert.That(found.Single(), Is.EqualTo(new SourceVideo
        {
            ExternalId = "https://example.org/x",
            Url = "https://example.org/x",
            Title = "X",
            Duration = 3.5,
            PublishedAt = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero),
        }));
    }

    [TestCase("""{"timestamp": 1e300}""")]
    [TestCase("""{"timestamp": -1e300, "upload_date": "99999999"}""")]
    [TestCase("""{"timestamp": "soon"}""")]
    public void Impossible_dates_are_unknown_dates(string fields) => Assert.That(
        FlatPlaylist.Parse($$"""{"entries": [{"url": "https://example.org/x", {{fields[1..^1]}}}]}""").Single().PublishedAt, Is.Null);

    [TestCase("")]
    [TestCase("[")]
    [TestCase("{\"entries\":")]
    public void What_cannot_be_read_may_be_better_next_time(string json) => Assert.That(() => FlatPlaylist.Parse(json), Throws.InstanceOf<TransientFailureException>());

    [Test]
    public void Lists_nested_without_end_do_not_take_the_stack() => Assert.That(
        () => FlatPlaylist.Parse(string.Concat(Enumerable.Repeat("{\"entries\":[", 100_000))), Throws.InstanceOf<TransientFailureException>());
}
