using Spectre.Console;
using Spectre.Console.Rendering;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Jobs;
using VideoPipeline.Cli.Remote;
using VideoPipeline.Server.Pages;

namespace VideoPipeline.Cli.Videos;

/// <summary>One video with its stages, files and publications.</summary>
internal static class VideoView
{
    public static IRenderable Of(VideoAnswer video, TimeProvider time)
    {
        var parts = new List<IRenderable>
        {
            Tables.Fields(
                ("Video", video.Title),
                ("Id", $"{video.Id}"),
                ("Channel", $"{video.ChannelId}"),
                ("From", video.Url),
                ("Length", video.DurationSeconds is null ? null : Amounts.Clock(video.DurationSeconds)),
                ("Added", Amounts.Time(video.CreatedAt, time))),
        };
        if (video.Stages.Count > 0)
        {
            parts.AddRange(Text.Empty, JobTable.Of(video.Stages, withVideos: false));
        }

        if (video.Artifacts.Count > 0)
        {
            var table = Tables.New("FILE", "SIZE#", "KEY");
            foreach (var artifact in video.Artifacts)
            {
                table.Row(artifact.Kind, Readable.Size(artifact.SizeBytes), artifact.Key);
            }

            parts.AddRange(Text.Empty, table);
        }

        if (video.Publications.Count > 0)
        {
            var table = Tables.New("PUBLISHED", "ON", "AS");
            foreach (var publication in video.Publications)
            {
                table.Row(Amounts.Time(publication.PublishedAt, time), publication.TargetKind, publication.Location);
            }

            parts.AddRange(Text.Empty, table);
        }

        return new Rows(parts);
    }
}
