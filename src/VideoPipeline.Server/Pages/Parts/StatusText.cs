using VideoPipeline.Jobs;
using VideoPipeline.Server.Pages.Actions;

namespace VideoPipeline.Server.Pages.Parts;

/// <summary>Statuses and types in an operator's words.</summary>
internal static class StatusText
{
    public static string Of(JobStatus status) => status switch
    {
        JobStatus.Queued => "Waiting",
        JobStatus.Processing => "Running",
        JobStatus.Completed => "Done",
        JobStatus.Failed => "Failed",
        JobStatus.Retrying => "Retrying",
        _ => "Cancelled",
    };

    public static string Of(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Snoozed => "Put off",
        AttemptOutcome.GivenBack => "Given back",
        AttemptOutcome.Lost => "Worker lost",
        _ => outcome.ToString(),
    };

    public static string Of(JobType type) => FormValues.Title(type.Name());
}

/// <summary>What stands below a progress bar. The script writes the same.</summary>
internal static class ProgressText
{
    /// <param name="speed">Seconds of media per second.</param>
    public static string Of(double? percent, double? speed, double? etaSeconds) => string.Join(
        " · ",
        new[]
        {
            $"{Math.Floor(percent ?? 0):0} %",
            speed > 0 ? $"{speed:0.0}×" : null,
            etaSeconds >= 0 ? $"{Readable.Coarse(etaSeconds.Value)} left" : null,
        }.Where(part => part is not null));
}
