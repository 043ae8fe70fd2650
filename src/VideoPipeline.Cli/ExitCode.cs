namespace VideoPipeline.Cli;

/// <summary>How the program ends; documented in <c>docs/cli.md</c>, so that scripts can rely on it.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>It failed, or the service refused it.</summary>
    public const int Failed = 1;

    /// <summary>The arguments make no sense; nothing was done.</summary>
    public const int WrongUsage = 2;

    /// <summary>Nobody answers at the service's address.</summary>
    public const int NotReachable = 3;

    /// <summary>The key is missing, unknown, or its role doesn't allow it; or there were too many wrong ones.</summary>
    public const int NotAuthorised = 4;

    /// <summary>There is no such job, video or channel.</summary>
    public const int NotFound = 5;

    /// <summary>By Ctrl-C: 128 and the signal's number, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>By SIGTERM.</summary>
    public const int Terminated = 143;
}
