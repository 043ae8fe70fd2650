using Spectre.Console;
using Spectre.Console.Rendering;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Jobs;

/// <summary>One job with its attempts, and why it doesn't run.</summary>
internal static class JobView
{
    public static IRenderable Of(JobAnswer job, ExplanationAnswer? explanation, TimeProvider time)
    {
        var parts = new List<IRenderable>
        {
            Tables.Fields(
                ("Job", $"{job.Id}"),
                ("Type", job.JobType),
                ("Status", job.Status),
                ("Video", job.VideoId?.ToString()),
                ("Channel", $"{job.ChannelId}"),
                ("Priority", $"{job.Priority}"),
                ("Attempts", $"{job.Attempts} of {job.MaxAttempts}" + (job.LostAttempts > 0 ? $", {job.LostAttempts} lost with their worker" : "")),
                ("Queued", Amounts.Time(job.QueuedAt, time)),
                ("Started", job.StartedAt is null ? null : Amounts.Time(job.StartedAt, time)),
                ("Completed", job.CompletedAt is null ? null : Amounts.Time(job.CompletedAt, time)),
                ("Took", job.DurationSeconds is null ? null : Amounts.Duration(job.DurationSeconds)),
                ("Waited", job.WaitSeconds is null ? null : Amounts.Duration(job.WaitSeconds)),
                ("Progress", job.Status == "processing" ? $"{job.Progress:0.0} %" : null),
                ("Worker", job.Worker),
                ("GitHub run", job.GithubWorkflowRunId?.ToString()),
                ("Waits for", job.WaitReason),
                ("Error", job.ErrorMessage),
                ("Details", job.ErrorDetails?.ToString())),
        };
        if (job.History is { Count: > 0 } history)
        {
            var table = Tables.New("ATTEMPT#", "STARTED", "TOOK#", "OUTCOME", "WORKER", "SAYS");
            foreach (var attempt in history)
            {
                table.Row(
                    $"{attempt.Number}",
                    Amounts.Time(attempt.StartedAt, time),
                    Amounts.Duration((attempt.EndedAt - attempt.StartedAt).TotalSeconds),
                    attempt.Outcome,
                    attempt.Worker,
                    attempt.ErrorMessage);
            }

            parts.AddRange(Text.Empty, table);
        }

        if (explanation is not null)
        {
            parts.AddRange(Text.Empty, OfExplanation(explanation, time));
        }

        return new Rows(parts);
    }

    /// <summary>Why a job doesn't run, and when it might.</summary>
    public static IRenderable OfExplanation(ExplanationAnswer explanation, TimeProvider time)
    {
        var lines = explanation.BlockedBy.ToList();
        if (explanation.Status == "processing")
        {
            lines.Add("It runs.");
        }

        if (explanation.Rank is { } rank)
        {
            lines.Add($"It is number {rank + 1} in its queue.");
        }

        if (explanation.ExpectedStart is { } start && explanation.Status != "processing")
        {
            lines.Add($"It should start at about {Amounts.Time(start, time)}.");
        }

        return new Rows(lines.Select(line => new Text(SafeText.Printable(line))));
    }
}
