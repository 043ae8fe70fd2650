namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>
/// A publication of which nobody can say whether it has happened. The job is parked as failed: only a person can look, and
/// uploading once more could publish the video twice.
/// </summary>
internal static class NeedsReview
{
    /// <summary>In the job's <c>errorDetails</c>.</summary>
    public const string Detail = "needsReview";

    /// <returns>To be thrown by the caller.</returns>
    public static PermanentFailureException Failure(PublishIntent intent, string what) => new(
        $"needs_review: {what} Look for a video with the tag {intent.Marker} in YouTube Studio. If it is there, retry this job: it will be found. "
        + "If it isn't, enqueue a publish job of this video with the parameters {\"uploadAgain\": true}.")
    {
        Details = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [Detail] = true,
            ["marker"] = intent.Marker,
            ["account"] = intent.Account,
        },
    };
}
