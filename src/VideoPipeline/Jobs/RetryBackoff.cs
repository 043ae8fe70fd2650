using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Jobs;

/// <summary>Settings <c>VideoPipeline:Retry</c>.</summary>
public sealed class RetryOptions
{
    /// <summary>The delay after the first failure; it doubles with every further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>No delay is longer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "30.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Lengthens each delay by a random share of it up to this one, so that many failed jobs don't return at once.</summary>
    [Range(0.0, 1.0)]
    public double Jitter { get; set; }

    /// <summary>How many attempts of a job may fail when whoever enqueued it says nothing.</summary>
    [Range(1, VideoProcessingJob.MaxMaxAttempts)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How many attempts of a job may end with their worker's death.</summary>
    [Range(1, 1000)]
    public int MaxLostAttempts { get; set; } = 50;
}

/// <summary>The delay before a retry: <c>base * 2^(failures-1)</c>, capped, then lengthened by the jitter.</summary>
public static class RetryBackoff
{
    /// <summary>After the attempt of this job that is failing now; attempts that were lost with their worker don't lengthen it.</summary>
    /// <inheritdoc cref="Delay(int, RetryOptions, double)"/>
    public static TimeSpan Delay(VideoProcessingJob job, RetryOptions options, double random) =>
        Delay(Math.Max(1, job.Attempts - job.LostAttempts), options, random);

    /// <param name="failures">Failed attempts so far, at least 1.</param>
    /// <param name="random">A number from 0 (inclusive) to 1, for the jitter.</param>
    public static TimeSpan Delay(int failures, RetryOptions options, double random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);

        // Beyond 2^62 the cap decides long before; doubles don't overflow on the way there.
        var delay = options.BaseDelay.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 62));
        delay = Math.Min(delay, options.MaxDelay.TotalSeconds);
        return TimeSpan.FromSeconds(delay * (1 + (options.Jitter * random)));
    }
}
