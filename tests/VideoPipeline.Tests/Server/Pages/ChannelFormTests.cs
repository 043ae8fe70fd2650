using Microsoft.AspNetCore.Http;
using VideoPipeline.Catalog;
using VideoPipeline.Server.Pages.Channels;

namespace VideoPipeline.Tests.Server.Pages;

public sealed class ChannelFormTests
{
    private static readonly ChannelRequest Full = new()
    {
        Name = "a",
        Source = new ChannelSource { Kind = SourceKind.Feed, Url = "https://example.org/feed" },
        AllowPrivateNetworks = true,
        Cron = "0 * * * *",
        Priority = 7,
        Rights = ChannelRights.PublicDomain,
        Attribution = "b",
        Profile = "shorts-9x16",
        Target = new ChannelTarget
        {
            Kind = TargetKind.Youtube,
            YouTube = new YouTubeTargetSettings
            {
                ChannelId = "UC0123456789012345678901",
                Title = "{title}!",
                Description = "one\ntwo",
                Tags = ["x y", "z"],
                CategoryId = "23",
                Playlists = ["PL1", "PL2"],
                Privacy = VideoPrivacy.Public,
                PublishAt = new DateTimeOffset(2027, 1, 2, 3, 4, 56, TimeSpan.Zero),
                MadeForKids = false,
                Thumbnail = true,
            },
        },
        Filters = new ScrapeFilters
        {
            TitleInclude = "in",
            TitleExclude = "out",
            PublishedAfter = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            MinDuration = 1.5,
            MaxDuration = 3600,
            MaxPerRun = 10,
        },
    };

    [Test]
    public void What_nobody_changes_stays_as_it_is_even_where_a_field_shows_less() =>
        Assert.That(ChannelForm.Of(Full).ToRequest(Full), Is.EqualTo(Full));

    [Test]
    public void An_empty_form_asks_for_defaults()
    {
        var request = ChannelForm.Of(new ChannelRequest()).ToRequest();

        Assert.That(request, Is.EqualTo(new ChannelRequest
        {
            Source = new ChannelSource(),
            AllowPrivateNetworks = false,
            Target = new ChannelTarget(),
            Filters = new ScrapeFilters(),
        }));
    }

    [Test]
    public void A_changed_time_is_read_as_UTC()
    {
        var request = Form(("target.kind", "youtube"), ("target.youtube.publishAt", "2027-05-06T07:08"), ("filters.publishedAfter", "2026-05-06")).ToRequest(Full);

        Assert.That(request.Target!.YouTube!.PublishAt, Is.EqualTo(new DateTimeOffset(2027, 5, 6, 7, 8, 0, TimeSpan.Zero)));
        Assert.That(request.Filters!.PublishedAfter, Is.EqualTo(new DateTimeOffset(2026, 5, 6, 0, 0, 0, TimeSpan.Zero)));
    }

    [Test]
    public void The_fields_for_YouTube_mean_nothing_for_another_target() =>
        Assert.That(Form(("target.kind", "folder"), ("target.youtube.privacy", "public")).ToRequest().Target!.YouTube, Is.Null);

    [Test]
    public void Each_field_that_cannot_be_read_is_named()
    {
        var form = Form(
            ("priority", "high"), ("rights", "mine"), ("source.kind", "7"), ("filters.minDuration", "NaN"), ("filters.maxPerRun", "1.5"), ("filters.publishedAfter", "soon"));

        var exception = Assert.Throws<InvalidRequestException>(() => form.ToRequest())!;

        Assert.That(exception.Errors.Keys, Is.EquivalentTo(
            new[] { "priority", "rights", "source.kind", "filters.minDuration", "filters.maxPerRun", "filters.publishedAfter" }));
        Assert.That(form.With(exception.Errors)["priority"], Is.EqualTo("high"), "what was typed stays");
    }

    [Test]
    public void Lines_of_a_form_end_as_everywhere_else() =>
        Assert.That(
            Form(("target.kind", "youtube"), ("target.youtube.description", "one\r\ntwo")).ToRequest().Target!.YouTube!.Description, Is.EqualTo("one\ntwo"));

    private static ChannelForm Form(params (string Name, string Value)[] fields) => ChannelForm.Of(
        new FormCollection(fields.ToDictionary(field => field.Name, field => new Microsoft.Extensions.Primitives.StringValues(field.Value))));
}
