using System.Text.RegularExpressions;

namespace VideoPipeline.Stages.YouTube;

/// <summary>Which YouTube channel is meant, by its id or its handle.</summary>
/// <param name="Id"><c>UC</c> and 22 characters; null for a handle.</param>
/// <param name="Handle">With its <c>@</c>; null for an id.</param>
public sealed partial record YouTubeChannelAddress(string? Id, string? Handle)
{
    /// <summary>The same channel always has the same.</summary>
    public string Url => Id is null ? $"https://www.youtube.com/{Handle}" : $"https://www.youtube.com/channel/{Id}";

    /// <summary>Reads a channel's URL, or its id or handle alone; null for anything else, such as a video's or the old <c>/c/</c> and <c>/user/</c> URLs.</summary>
    public static YouTubeChannelAddress? Parse(string? text)
    {
        var match = Channel().Match(text?.Trim() ?? string.Empty);
        return !match.Success ? null
            : match.Groups["id"] is { Success: true, Value: var id } ? new(id, Handle: null)
            : new(Id: null, Uri.UnescapeDataString(match.Groups["handle"].Value));
    }

    // Handles may have letters of any script: https://support.google.com/youtube/answer/11585688
    [GeneratedRegex(
        "^(?:(?:https?://)?(?:www\\.|m\\.)?youtube\\.com/)?(?:(?:channel/)?(?<id>UC[A-Za-z0-9_-]{22})|(?<handle>@(?:[\\w.·-]|%[0-9A-Fa-f]{2}){1,90}))(?:/(?:videos|featured|streams|shorts)?)?/?(?:\\?.*)?$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Channel();
}
