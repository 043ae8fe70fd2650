using Prometheus;
using VideoPipeline.Jobs;

namespace VideoPipeline.Telemetry;

/// <summary>
/// What this process sees happen to jobs, counted since its start. Whatever another node did is that node's to tell: the sum
/// over all nodes is the whole.
/// </summary>
internal sealed class JobMetrics
{
    private static readonly double[] ProcessingBuckets = [0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400];
    private static readonly double[] WaitBuckets = [0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 86400];

    private readonly Histogram _processing;
    private readonly Histogram _waiting;
    private readonly Counter _retries;
    private readonly Counter _rescues;
    private readonly Counter _leaseLosses;

    public JobMetrics(MetricFactory metrics, JobSignals signals)
    {
        _processing = metrics.CreateHistogram(
            "videopipeline_job_processing_seconds",
            "How long attempts took that ended on this node, by how they ended: completed, failed, retrying, snoozed, given_back, lost, cancelled.",
            ["job_type", "outcome"],
            new HistogramConfiguration { Buckets = ProcessingBuckets });
        _waiting = metrics.CreateHistogram(
            "videopipeline_job_wait_seconds",
            "How long they had waited before, since they were queued or due.",
            ["job_type", "outcome"],
            new HistogramConfiguration { Buckets = WaitBuckets });
        _retries = metrics.CreateCounter("videopipeline_job_retries_total", "Attempts that failed and are made again.", ["job_type"]);
        _rescues = metrics.CreateCounter("videopipeline_job_rescues_total", "Jobs that this node took back from workers that died.", ["job_type"]);
        _leaseLosses = metrics.CreateCounter(
            "videopipeline_lease_losses_total", "Stages that this node stopped since their job had been taken, or cancelled on another node.", ["job_type"]);
        foreach (var jobType in JobTypes.All)
        {
            // There from the beginning: a counter that appears with its first event seems not to have counted it.
            _retries.WithLabels(jobType.Name());
            _rescues.WithLabels(jobType.Name());
            _leaseLosses.WithLabels(jobType.Name());
            foreach (var outcome in new[] { "completed", "failed", "retrying" })
            {
                _processing.WithLabels(jobType.Name(), outcome);
                _waiting.WithLabels(jobType.Name(), outcome);
            }
        }

        signals.Ended += Count;
        signals.LeaseLost += job => _leaseLosses.WithLabels(job.JobType.Name()).Inc();
    }

    private void Count(VideoProcessingJob job, JobAttempt attempt)
    {
        var jobType = job.JobType.Name();
        var outcome = OutcomeOf(job, attempt);
        _processing.WithLabels(jobType, outcome).Observe(job.DurationSeconds ?? 0);
        _waiting.WithLabels(jobType, outcome).Observe(job.WaitSeconds ?? 0);
        if (outcome == "retrying")
        {
            _retries.WithLabels(jobType).Inc();
        }
        else if (attempt.Outcome == AttemptOutcome.Lost)
        {
            _rescues.WithLabels(jobType).Inc();
        }
    }

    private static string OutcomeOf(VideoProcessingJob job, JobAttempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.Completed => "completed",
        AttemptOutcome.Failed => job.Status == JobStatus.Retrying ? "retrying" : "failed",
        AttemptOutcome.Snoozed => "snoozed",
        AttemptOutcome.GivenBack => "given_back",
        AttemptOutcome.Lost => "lost",
        AttemptOutcome.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(attempt), attempt.Outcome, "No such outcome."),
    };
}
