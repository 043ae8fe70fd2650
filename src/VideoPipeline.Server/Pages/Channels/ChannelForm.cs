using System.Globalization;
using VideoPipeline.Catalog;

namespace VideoPipeline.Server.Pages.Channels;

/// <summary>
/// A channel as a form: what stands in its fields, which are named as the API names them, and what is wrong with each.
/// What the form doesn't change stays exactly as it is, even where a field shows less of it.
/// </summary>
public sealed class ChannelForm
{
    private const string Date = "yyyy-MM-dd";
    private const string Minute = "yyyy-MM-ddTHH:mm";

    private static readonly string[] LineBreaks = ["\r\n", "\r"];
    private static readonly string[] Separators = [",", " ", "\n", "\r"];

    private readonly Dictionary<string, string> _values;

    private ChannelForm(Dictionary<string, string> values) => _values = values;

    /// <summary>By the names of fields; some may be of fields that the form doesn't have.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>What is wrong, but with no field: the channel was changed by somebody else, its name is taken.</summary>
    public string? Problem { get; init; }

    public string this[string field] => _values.GetValueOrDefault(field, "");

    public ChannelForm With(IReadOnlyDictionary<string, string[]> errors) => new(_values) { Errors = errors };

    public ChannelForm With(string problem) => new(_values) { Problem = problem };

    public static ChannelForm Of(IFormCollection form) => new(form.ToDictionary(
        field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal));

    public static ChannelForm Of(ChannelRequest channel)
    {
        var youTube = channel.Target?.YouTube;
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["name"] = channel.Name,
            ["source.kind"] = NameOf(channel.Source?.Kind),
            ["source.url"] = channel.Source?.Url,
            ["allowPrivateNetworks"] = channel.AllowPrivateNetworks == true ? "true" : null,
            ["cron"] = channel.Cron,
            ["priority"] = Text(channel.Priority),
            ["rights"] = NameOf(channel.Rights),
            ["attribution"] = channel.Attribution,
            ["profile"] = channel.Profile,
            ["target.kind"] = NameOf(channel.Target?.Kind),
            ["target.path"] = channel.Target?.Path,
            ["target.youtube.channelId"] = youTube?.ChannelId,
            ["target.youtube.title"] = youTube?.Title,
            ["target.youtube.description"] = youTube?.Description,
            ["target.youtube.tags"] = youTube?.Tags is { } tags ? string.Join(", ", tags) : null,
            ["target.youtube.categoryId"] = youTube?.CategoryId,
            ["target.youtube.playlists"] = youTube?.Playlists is { } playlists ? string.Join(", ", playlists) : null,
            ["target.youtube.privacy"] = NameOf(youTube?.Privacy),
            ["target.youtube.publishAt"] = Text(youTube?.PublishAt, Minute),
            ["target.youtube.madeForKids"] = Text(youTube?.MadeForKids),
            ["target.youtube.thumbnail"] = Text(youTube?.Thumbnail),
            ["filters.titleInclude"] = channel.Filters?.TitleInclude,
            ["filters.titleExclude"] = channel.Filters?.TitleExclude,
            ["filters.publishedAfter"] = Text(channel.Filters?.PublishedAfter, Date),
            ["filters.minDuration"] = Text(channel.Filters?.MinDuration),
            ["filters.maxDuration"] = Text(channel.Filters?.MaxDuration),
            ["filters.maxPerRun"] = Text(channel.Filters?.MaxPerRun),
        };
        return new(values.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal));
    }

    /// <param name="present">The channel as it is; null for a new one.</param>
    /// <exception cref="InvalidRequestException">Names each field that can't be read. Whether the rest is allowed is for <see cref="ChannelRules"/> to say.</exception>
    public ChannelRequest ToRequest(ChannelRequest? present = null)
    {
        var errors = new RequestErrors();
        var filters = new ScrapeFilters
        {
            TitleInclude = Line("filters.titleInclude"),
            TitleExclude = Line("filters.titleExclude"),
            PublishedAfter = Time("filters.publishedAfter", Date, present?.Filters?.PublishedAfter, errors),
            MinDuration = Number("filters.minDuration", errors),
            MaxDuration = Number("filters.maxDuration", errors),
            MaxPerRun = Whole("filters.maxPerRun", errors),
        };
        var targetKind = Choice<TargetKind>("target.kind", errors);
        var request = new ChannelRequest
        {
            Name = Line("name"),
            Source = new ChannelSource { Kind = Choice<SourceKind>("source.kind", errors), Url = Line("source.url") },
            AllowPrivateNetworks = this["allowPrivateNetworks"] == "true",
            Cron = Line("cron"),
            Priority = Whole("priority", errors),
            Rights = Choice<ChannelRights>("rights", errors),
            Attribution = Line("attribution"),
            Profile = Line("profile"),
            Target = new ChannelTarget
            {
                Kind = targetKind,
                Path = Line("target.path"),

                // The fields are always there; for another target they mean nothing.
                YouTube = targetKind == TargetKind.Youtube ? YouTube(present?.Target?.YouTube, errors) : null,
            },
            Filters = filters,
        };
        errors.ThrowIfAny();
        return request;
    }

    private YouTubeTargetSettings? YouTube(YouTubeTargetSettings? present, RequestErrors errors)
    {
        var settings = new YouTubeTargetSettings
        {
            ChannelId = Line("target.youtube.channelId"),
            Title = Line("target.youtube.title"),
            Description = Lines("target.youtube.description"),
            Tags = List("target.youtube.tags", [","]),
            CategoryId = Line("target.youtube.categoryId"),
            Playlists = List("target.youtube.playlists", Separators),
            Privacy = Choice<VideoPrivacy>("target.youtube.privacy", errors),
            PublishAt = Time("target.youtube.publishAt", Minute, present?.PublishAt, errors),
            MadeForKids = YesOrNo("target.youtube.madeForKids", errors),
            Thumbnail = YesOrNo("target.youtube.thumbnail", errors),
        };
        return settings == new YouTubeTargetSettings() ? null : settings;
    }

    private string? Line(string field) => this[field].Trim() is { Length: > 0 } text ? text : null;

    private string? Lines(string field) => Line(field) is { } text ? LineBreaks.Aggregate(text, (lines, wide) => lines.Replace(wide, "\n", StringComparison.Ordinal)) : null;

    private string[]? List(string field, string[] separators) =>
        this[field].Split(separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } items ? items : null;

    private T? Choice<T>(string field, RequestErrors errors)
        where T : struct, Enum
    {
        if (Line(field) is not { } text)
        {
            return null;
        }

        var known = LowerCaseEnum<T>.TryParse(text, out var value);
        errors.AddIf(!known, field, $"must be one of {LowerCaseEnum<T>.Allowed}");
        return known ? value : null;
    }

    private int? Whole(string field, RequestErrors errors)
    {
        if (Line(field) is not { } text)
        {
            return null;
        }

        var known = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        errors.AddIf(!known, field, "must be a whole number");
        return known ? number : null;
    }

    private double? Number(string field, RequestErrors errors)
    {
        if (Line(field) is not { } text)
        {
            return null;
        }

        var known = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
        errors.AddIf(!known, field, "must be a number");
        return known ? number : null;
    }

    private bool? YesOrNo(string field, RequestErrors errors)
    {
        if (Line(field) is not { } text)
        {
            return null;
        }

        var known = bool.TryParse(text, out var value);
        errors.AddIf(!known, field, "must be true or false");
        return known ? value : null;
    }

    /// <summary>The present time when the field still shows it: it may have seconds that the field has not.</summary>
    private DateTimeOffset? Time(string field, string format, DateTimeOffset? present, RequestErrors errors)
    {
        if (Line(field) is not { } text)
        {
            return null;
        }

        if (text == Text(present, format))
        {
            return present;
        }

        var known = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        errors.AddIf(!known, field, "must be a date or a time, UTC");
        return known ? time : null;
    }

    private static string? NameOf<T>(T? value)
        where T : struct, Enum => value is { } given ? LowerCaseEnum<T>.Name(given) : null;

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(double? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(bool? value) => value is { } given ? (given ? "true" : "false") : null;

    private static string? Text(DateTimeOffset? time, string format) => time?.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
