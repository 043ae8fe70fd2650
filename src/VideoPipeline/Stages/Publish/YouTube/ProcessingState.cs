using Google.Apis.YouTube.v3.Data;

namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>How far YouTube is with a video.</summary>
/// <seealso href="https://developers.google.com/youtube/v3/docs/videos#status.uploadStatus"/>
internal static class ProcessingState
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <returns>False while it is at work.</returns>
    /// <exception cref="PermanentFailureException">It won't have the video, with YouTube's reason.</exception>
    public static bool IsProcessed(Video video) => (video.Status?.UploadStatus, video.ProcessingDetails?.ProcessingStatus) switch
    {
        ("failed", _) => throw Refused("could not process", video.Status?.FailureReason),
        ("rejected", _) => throw Refused("has rejected", video.Status?.RejectionReason),
        ("deleted", _) => throw Refused("has deleted", reason: null),
        (_, "failed" or "terminated") => throw Refused("could not process", video.ProcessingDetails?.ProcessingFailureReason),
        ("processed", _) => true,
        _ => false,
    };

    /// <summary>The pause before the next look: it grows with the time that the video takes.</summary>
    public static TimeSpan Pause(TimeSpan age, TimeSpan shortest)
    {
        var pause = age / 4;
        return pause < shortest ? shortest : pause > LongestPause ? LongestPause : pause;
    }

    private static PermanentFailureException Refused(string what, string? reason) =>
        new($"YouTube {what} the video{(string.IsNullOrEmpty(reason) ? null : $": {reason}")}. It stays private.");
}
