namespace VideoPipeline.Cli.Doctor;

internal enum FindingState
{
    Ok,

    /// <summary>It works, but somebody should know.</summary>
    Warning,

    /// <summary>The service, or a part of it, doesn't work like this.</summary>
    Failed,
}

/// <summary>What one check has found.</summary>
/// <param name="Name">Of the check; the same in every run, for programs.</param>
/// <param name="Mend">What to do about it; null when nothing has to be done.</param>
internal sealed record Finding(string Name, FindingState State, string Says, string? Mend = null)
{
    public static Finding Ok(string name, string says) => new(name, FindingState.Ok, says);

    public static Finding Warning(string name, string says, string mend) => new(name, FindingState.Warning, says, mend);

    public static Finding Failed(string name, string says, string mend) => new(name, FindingState.Failed, says, mend);
}
