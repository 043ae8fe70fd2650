namespace VideoPipeline.Dispatch;

/// <summary>A background job that was deleted since its row was retried: the row waits in another one.</summary>
public static class RetriedRecord
{
    private const string End = "was retried: it waits in a background job of its own";

    /// <summary>Why the record was deleted.</summary>
    internal static string Reason(long jobId) => $"job {jobId} {End}";

    /// <summary>Whether a record's state has the reason that says so.</summary>
    public static bool IsReason(string? reason) => reason?.EndsWith(End, StringComparison.Ordinal) == true;
}
