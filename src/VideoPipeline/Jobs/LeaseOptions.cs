using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Jobs;

/// <summary>Settings <c>VideoPipeline:Lease</c>.</summary>
public sealed class LeaseOptions
{
    /// <summary>How long a claim holds; it is renewed every third of it while the job runs.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "01:00:00")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(15);
}
