namespace VideoPipeline.GitHub;

/// <summary>What is to be done next about an open dispatch.</summary>
internal enum DispatchStep
{
    /// <summary>Ask GitHub for a run.</summary>
    Send,

    /// <summary>Look among GitHub's runs for this one: whether it was started at all, or only its id, isn't known.</summary>
    Look,

    /// <summary>It should be there by now and isn't: it was never started.</summary>
    NeverStarted,

    /// <summary>Ask how the run is.</summary>
    Follow,

    /// <summary>Stop the run: its attempt is over, cancelled by an operator or given up.</summary>
    Cancel,

    /// <summary>Nobody needs it, and nothing of it is known.</summary>
    Forget,
}

/// <summary>Decides the next step of a dispatch, without I/O.</summary>
internal static class DispatchSteps
{
    /// <summary>So often GitHub is asked for one run before its job's attempt has failed.</summary>
    public const int MostSends = 3;

    /// <summary>Before GitHub's list was looked at.</summary>
    /// <param name="open">Whether its attempt is still the job's.</param>
    public static DispatchStep First(OpenDispatch open) => (open.Dispatch, open.IsHeld) switch
    {
        ({ RunId: not null }, true) => DispatchStep.Follow,
        ({ RunId: not null }, false) => DispatchStep.Cancel,
        ({ SentAt: null }, true) => DispatchStep.Send,
        ({ SentAt: null }, false) => DispatchStep.Forget,
        _ => DispatchStep.Look,
    };

    /// <summary>After no such run was found in GitHub's list.</summary>
    /// <param name="appearsWithin">How long a run may take to be listed.</param>
    /// <returns><see cref="DispatchStep.Look"/> for: again, later.</returns>
    public static DispatchStep AfterLook(OpenDispatch open, TimeSpan appearsWithin, DateTimeOffset now)
    {
        if (now - open.Dispatch.SentAt < appearsWithin)
        {
            return DispatchStep.Look;
        }

        return (open.IsHeld, open.Dispatch.Accepted) switch
        {
            (false, _) => DispatchStep.Forget,

            // It runs under another name: it reports by itself, or is silent for too long.
            (true, true) => DispatchStep.Look,
            (true, false) => open.Dispatch.Sends < MostSends ? DispatchStep.Send : DispatchStep.NeverStarted,
        };
    }

    /// <summary>When to look again: soon at first, then less and less often.</summary>
    /// <param name="longest">The longest delay.</param>
    public static TimeSpan Delay(int looks, TimeSpan longest)
    {
        var delay = TimeSpan.FromSeconds(2 * Math.Pow(2, Math.Min(looks, 20)));
        return delay < longest ? delay : longest;
    }
}
