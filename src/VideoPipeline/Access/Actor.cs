namespace VideoPipeline.Access;

/// <summary>
/// Who acts: a key's name, or <see cref="LocalName"/> for whoever is let in without one. Set once for each request, and for
/// a program that an operator runs; known to everything that is called from there. What the service does by itself has no actor.
/// </summary>
/// <param name="Name">As in the audit log and in pauses.</param>
/// <param name="Address">The network address that the request came from; null when there was none.</param>
public sealed record Actor(string Name, string? Address = null)
{
    /// <summary>Whoever acts without a key: it can only be someone on this machine.</summary>
    public const string LocalName = "local";

    private static readonly AsyncLocal<Actor?> Ambient = new();

    /// <summary>
    /// Null when nobody asked for what is being done. Take it before a write, not in the operation: that one runs on the
    /// writer's own behalf.
    /// </summary>
    public static Actor? Current => Ambient.Value;

    public static Actor Local { get; } = new(LocalName);

    /// <summary>From here on, in the calling method and all that it calls, this one acts.</summary>
    public static void Become(Actor actor) => Ambient.Value = actor;
}
