using Spectre.Console;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Jobs;

/// <summary>Jobs, a row for each.</summary>
internal static class JobTable
{
    /// <param name="withVideos">Whether they are of several videos.</param>
    public static Table Of(IEnumerable<JobAnswer> jobs, bool withVideos)
    {
        var table = Tables.New(["ID#", "TYPE", "STATUS", .. withVideos ? ["CHANNEL#", "VIDEO#"] : Array.Empty<string>(), "PRIORITY#", "ATTEMPTS#", "TOOK#", "SAYS"]);
        foreach (var job in jobs)
        {
            table.AddRow(
            [
                Cell($"{job.Id}"),
                Cell(job.JobType),
                Tables.Status(job.Status),
                .. withVideos ? [Cell($"{job.ChannelId}"), Cell(job.VideoId?.ToString() ?? "-")] : Array.Empty<Text>(),
                Cell($"{job.Priority}"),
                Cell($"{job.Attempts}/{job.MaxAttempts}"),
                Cell(Amounts.Duration(job.DurationSeconds)),
                Cell(Says(job)),
            ]);
        }

        return table;
    }

    private static Text Cell(string? text) => new(SafeText.Printable(text));

    private static string Says(JobAnswer job) => job.Status switch
    {
        "processing" => $"{Math.Floor(job.Progress)} %" + (job.EtaSeconds is { } eta ? $", ETA {Amounts.Clock(eta)}" : "") + (job.Worker is { } worker ? $", on {worker}" : ""),
        "retrying" => job.WaitReason ?? job.ErrorMessage ?? "",
        "completed" => "",
        _ => job.ErrorMessage ?? "",
    };
}
