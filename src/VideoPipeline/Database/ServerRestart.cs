namespace VideoPipeline.Database;

/// <summary>
/// How long reads and writes try again while the database server is away: about 15 s, as long as a restart may take and a
/// lease lasts.
/// </summary>
internal static class ServerRestart
{
    public const int Retries = 8;

    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(3);
}
