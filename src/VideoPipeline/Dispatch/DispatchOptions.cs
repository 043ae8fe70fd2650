using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Dispatch;

/// <summary>Settings <c>VideoPipeline:Dispatch</c>.</summary>
public sealed class DispatchOptions
{
    /// <summary>How many rows at the head of each job type's queue have a background job.</summary>
    [Range(10, 10_000)]
    public int WindowSize { get; set; } = 200;

    /// <summary>How often rows and background jobs are compared.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(5);
}
