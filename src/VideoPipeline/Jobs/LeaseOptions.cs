using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Jobs;

/// <summary>Settings <c>VideoPipeline:Lease</c>.</summary>
public sealed class LeaseOptions
{
    /// <summary>The answer to a renewal tells of jobs that were cancelled on another node: those stop within so long.</summary>
    private static readonly TimeSpan LongestRenewalInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a claim holds.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "01:00:00")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often it is renewed while the job runs: every third of it, and every 5 s at least.</summary>
    internal TimeSpan RenewalInterval => Duration / 3 < LongestRenewalInterval ? Duration / 3 : LongestRenewalInterval;
}
