using VideoPipeline.Stages.Publish.YouTube;

namespace VideoPipeline.Catalog;

/// <summary>What a channel may say of its publishing on YouTube; the limits are YouTube's own.</summary>
internal static class YouTubeTargetRules
{
    private const int MaxPlaylists = 20;
    private const int MaxTemplateLength = 5_000;
    private const string Field = "target.youtube";

    // Room for the tag by which a video is found again, and the comma before it.
    private const int MaxTagsLength = YouTubeText.MaxTagsLength - 36;

    public static void Check(ChannelRequest request, YouTubeTargetSettings? present, DateTimeOffset now, RequestErrors errors)
    {
        var settings = request.Target!.YouTube ?? new();
        errors.AddIf(
            request.Rights is null, "rights", $"is required for the target youtube: one of {LowerCaseEnum<ChannelRights>.Allowed}");
        errors.AddIf(request.Target.Path is not null, "target.path", "must not be given for the target youtube");
        errors.AddIf(
            settings.ChannelId is { } id && !IsId(id, "UC", 24), $"{Field}.channelId", "must be the id of a YouTube channel: UC and 22 characters");
        CheckTemplate(settings.Title, $"{Field}.title", errors);
        CheckTemplate(settings.Description, $"{Field}.description", errors);
        CheckTags(settings.Tags ?? [], errors);
        errors.AddIf(
            settings.CategoryId is { } category && !(category.Length is > 0 and <= 3 && category.All(char.IsAsciiDigit)),
            $"{Field}.categoryId", "must be the number of a YouTube category, such as 22");
        errors.AddIf(settings.Playlists?.Count > MaxPlaylists, $"{Field}.playlists", $"must have at most {MaxPlaylists} playlists");
        errors.AddIf(
            settings.Playlists?.All(playlist => IsId(playlist, "", 0)) == false, $"{Field}.playlists", "must have ids of playlists only, such as PL...");
        errors.AddIf(
            settings.Playlists?.Distinct(StringComparer.Ordinal).Count() < settings.Playlists?.Count, $"{Field}.playlists", "must not have a playlist twice");
        if (settings.PublishAt is { } publishAt)
        {
            errors.AddIf(
                settings.Privacy is VideoPrivacy.Unlisted or VideoPrivacy.Private, $"{Field}.privacy", "must be public, or left out, when publishAt is given");

            // One that has passed since is no reason to refuse a change of something else.
            errors.AddIf(publishAt <= now && publishAt != present?.PublishAt, $"{Field}.publishAt", "must be in the future");
        }
    }

    private static void CheckTemplate(string? template, string field, RequestErrors errors)
    {
        if (template is null)
        {
            return;
        }

        errors.AddIf(string.IsNullOrWhiteSpace(template) || template.Length > MaxTemplateLength, field, $"must have 1 to {MaxTemplateLength} characters");
        errors.AddIf(template.AsSpan().IndexOfAny('<', '>') >= 0, field, "must not have < or >, which YouTube refuses");
        if (YouTubeText.UnknownPlaceholder(template) is { } unknown)
        {
            errors.Add(field, $"has {{{unknown}}}, which is none of {string.Join(", ", YouTubeText.Placeholders.Select(name => $"{{{name}}}"))}");
        }
    }

    private static void CheckTags(IReadOnlyList<string> tags, RequestErrors errors)
    {
        errors.AddIf(
            tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.AsSpan().IndexOfAny("<>,\"") >= 0),
            $"{Field}.tags",
            "must have no empty tag, and none with < > , or \"");
        errors.AddIf(
            YouTubeText.TagsLength(tags.Where(tag => tag is not null)) > MaxTagsLength,
            $"{Field}.tags",
            $"must have at most {MaxTagsLength} characters together, each tag and two quotes around those with spaces counted");
    }

    // JSON lists may have nulls in them.
    private static bool IsId(string? id, string prefix, int length) =>
        id?.StartsWith(prefix, StringComparison.Ordinal) == true && id.Length is > 1 and <= 64 && (length == 0 || id.Length == length)
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
