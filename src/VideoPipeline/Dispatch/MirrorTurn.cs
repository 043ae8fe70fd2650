using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Whoever changes the mirror of a job type updates this row first, in the same transaction: so of all nodes one at a time
/// does, and a node that dies in between lets the next one in.
/// </summary>
public sealed class MirrorTurn
{
    public JobType JobType { get; set; }

    /// <summary>How often it was somebody's turn.</summary>
    public long Turn { get; set; }
}
