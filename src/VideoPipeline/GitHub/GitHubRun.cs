using System.Text.Json;
using VideoPipeline.Jobs;

namespace VideoPipeline.GitHub;

/// <summary>A workflow run as GitHub shows it: in its REST API and in its webhook, which have the same fields.</summary>
/// <param name="Attempt">1, and one more each time that somebody runs it again. Null when it wasn't said.</param>
/// <param name="Title">By the workflow's <c>run-name</c>.</param>
/// <param name="Status">Such as <c>queued</c>, <c>in_progress</c>, <c>completed</c>.</param>
/// <param name="Conclusion">Such as <c>success</c>, <c>failure</c>; null before it is completed.</param>
/// <seealso href="https://docs.github.com/rest/actions/workflow-runs"/>
internal sealed record GitHubRun(long Id, int? Attempt, string? Title, string Status, string? Conclusion)
{
    public bool HasEnded => Status == "completed" && Conclusion != "action_required";

    /// <summary>The run has begun, so its job has, too.</summary>
    public bool HasBegun => HasEnded || Status == "in_progress";

    /// <summary>Null when it is no run.</summary>
    public static GitHubRun? Of(JsonElement run)
    {
        if (run.ValueKind != JsonValueKind.Object || !run.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.Number || !id.TryGetInt64(out var number) || number <= 0)
        {
            return null;
        }

        return new(number, Number(run, "run_attempt"), Text(run, "display_title"), Text(run, "status") ?? "queued", Text(run, "conclusion"));
    }

    /// <summary>What it means for the job that it runs; null as long as it only waits.</summary>
    public WorkflowReport? ToReport()
    {
        if (!HasBegun)
        {
            return null;
        }

        var report = new WorkflowReport { Status = JobStatus.Processing, RunId = Id, RunAttempt = Attempt };
        return !HasEnded
            ? report
            : Conclusion switch
            {
                "success" => report with { Status = JobStatus.Completed },

                // The workflow's own settings keep it from doing anything: the same again comes to the same.
                "skipped" or "neutral" or "startup_failure" => report with { Status = JobStatus.Failed, Permanent = true, ErrorMessage = Failure },
                _ => report with { Status = JobStatus.Failed, ErrorMessage = Failure },
            };
    }

    private string Failure => $"GitHub workflow run {Id}{(Attempt > 1 ? $", attempt {Attempt}," : null)} ended with {Conclusion ?? "no conclusion"}.";

    private static string? Text(JsonElement run, string name) =>
        run.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement run, string name) =>
        run.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
