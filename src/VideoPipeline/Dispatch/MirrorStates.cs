using Hangfire.States;

namespace VideoPipeline.Dispatch;

/// <summary>
/// The states that the mirror itself gives to background jobs. Their types tell <see cref="DashboardFilter"/> that no
/// operator has asked for them.
/// </summary>
internal sealed class MirrorEnqueuedState(string queue) : EnqueuedState(queue);

/// <inheritdoc cref="MirrorEnqueuedState"/>
internal sealed class MirrorDeletedState : DeletedState
{
    public MirrorDeletedState(string reason) => Reason = reason;
}
