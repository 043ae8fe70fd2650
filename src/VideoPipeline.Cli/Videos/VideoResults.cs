using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Videos;

/// <summary>What became of videos that somebody has waited for.</summary>
internal static class VideoResults
{
    public static string PathOf(long? channelId) => ServiceClient.Path("api/videos?limit=500", ("channelId", channelId?.ToString()));

    /// <summary>Those on which something was done since then.</summary>
    public static List<VideoAnswer> Since(IEnumerable<VideoAnswer> videos, DateTimeOffset began) => [.. videos.Where(video => IsWorkedOn(video, began))];

    public static void Show(Terminal terminal, IReadOnlyList<VideoAnswer> videos, DateTimeOffset began)
    {
        terminal.WriteRaw(string.Empty);
        terminal.Write(VideoTable.Of(videos.OrderBy(video => video.Id), withIds: false));
        terminal.WriteRaw(string.Empty);
        var took = Math.Ceiling((terminal.Time.GetUtcNow() - began).TotalSeconds);
        terminal.WriteRaw($"{VideoTable.Summary(videos, videos.Any(video => IsWorkedOn(video, began)))}, after {took} s.");
    }

    // The service's clock may be a little behind this one's.
    private static bool IsWorkedOn(VideoAnswer video, DateTimeOffset began) => video.Stages.Any(stage => stage.UpdatedAt >= began - TimeSpan.FromSeconds(1));
}
