using Spectre.Console;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Videos;

/// <summary>What became of videos: a row for each, from its stages and its publications.</summary>
internal static class VideoTable
{
    public static Table Of(IEnumerable<VideoAnswer> videos, bool withIds)
    {
        string[] headings = ["TITLE", "LENGTH#", "VIDEO", "AUDIO", "TIME#", "PUBLISHED AS"];
        var table = Tables.New(withIds ? ["ID#", .. headings] : headings);
        foreach (var video in videos)
        {
            var transform = video.Stages.FirstOrDefault(stage => stage.JobType == "transform");
            string[] cells =
            [
                video.Title,
                Amounts.Clock(transform?.ResultNumber("durationSeconds") ?? video.DurationSeconds),
                transform?.ResultText("video") ?? "-",
                transform?.ResultText("audio") ?? "-",
                $"{video.Stages.Sum(stage => stage.DurationSeconds ?? 0):0.0} s",
                Outcome(video),
            ];
            table.Row(withIds ? [$"{video.Id}", .. cells] : cells);
        }

        return table;
    }

    /// <summary>Counts what became of the videos.</summary>
    /// <param name="anyWork">Whether anything was done for them lately.</param>
    public static string Summary(IReadOnlyCollection<VideoAnswer> videos, bool anyWork)
    {
        var published = videos.Where(video => IsPublished(video) && EndedBadly(video) is null).ToList();
        var copied = published.Count(video => video.Stages.Any(stage => stage.ResultText("video") == "copied" || stage.ResultText("audio") == "copied"));
        return $"{Amounts.Plural(published.Count, "video")} published ({copied} with a stream copied instead of encoded), "
            + $"{videos.Count(video => EndedBadly(video) is not null)} failed{(anyWork ? "" : "; nothing new")}";
    }

    public static JobAnswer? EndedBadly(VideoAnswer video) => video.Stages.LastOrDefault(stage => stage.Status is "failed" or "cancelled");

    private static bool IsPublished(VideoAnswer video) => video.Publications.Count > 0;

    private static string Outcome(VideoAnswer video)
    {
        if (EndedBadly(video) is { } bad)
        {
            var attempts = bad.Attempts > 1 ? $" after {bad.Attempts} attempts" : "";
            return $"{bad.Status.ToUpperInvariant()} at {bad.JobType}{attempts}: {bad.ErrorMessage ?? "no reason given"}";
        }

        return video.Publications is [var publication, ..] ? publication.Location
            : video.Stages.FirstOrDefault(stage => stage.Status != "completed") is { } next ? $"not yet: {next.JobType} is {next.Status}"
            : "not published";
    }
}
