using System.Globalization;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;
using VideoPipeline.Stages.YtDlp;

namespace VideoPipeline.Stages.Download;

/// <summary>
/// Fetches a video with yt-dlp, continuing what an earlier attempt has left. Its folder outlives the attempt and the process,
/// and is open for one worker at a time, like a <see cref="PartialDownload"/>.
/// </summary>
public sealed class YtDlpDownload(
    YtDlpProgram program,
    PipelineFolders folders,
    DiskSpace disk,
    TransformProfiles profiles,
    IOptions<DownloadOptions> download,
    IOptions<YtDlpOptions> options,
    TimeProvider time)
{
    internal const string FolderSuffix = ".ytdlp";

    private const string LockName = ".lock";

    // Of --break-match-filters: the video was turned down by it.
    private const int FilteredOut = 101;

    /// <summary>True for what only yt-dlp can fetch: pages, and everything of a channel whose source is yt-dlp.</summary>
    public static bool Fetches(SourceKind source, string url) => source == SourceKind.Ytdlp
        || (Uri.TryCreate(url, UriKind.Absolute, out var address) && IsYouTube(address.Host));

    internal static string FolderOf(PipelineFolders folders, long videoId) => Path.Combine(folders.PartialDownloads, $"{videoId}{FolderSuffix}");

    /// <returns>The path of the complete file, in a folder that is <see cref="Remove"/>d with it.</returns>
    /// <exception cref="StageException">It could not be fetched; what has been is kept for the next attempt.</exception>
    public async Task<string> FetchAsync(StageContext context, Action<StageProgress> report, CancellationToken cancellationToken)
    {
        var video = context.Video!;
        var folder = FolderOf(folders, video.Id);
        Directory.CreateDirectory(folder);
        try
        {
            await using var held = Hold(folder);
            return await FetchAsync(context, video, folder, report, cancellationToken);
        }
        catch (PermanentFailureException)
        {
            // Nobody will continue it.
            PipelineFolders.Remove(folder);
            throw;
        }
    }

    /// <summary>Removes all that a download has left.</summary>
    public static void Remove(string fetched) => PipelineFolders.Remove(Path.GetDirectoryName(fetched)!);

    /// <summary>Removes what a download has left that was last written before this time, unless a worker is at it.</summary>
    public static void RemoveOld(string folder, DateTimeOffset writtenBefore)
    {
        if (Directory.EnumerateFiles(folder).Any(file => File.GetLastWriteTimeUtc(file) >= writtenBefore.UtcDateTime))
        {
            return;
        }

        try
        {
            using var held = Hold(folder);
            PipelineFolders.Remove(folder);
        }
        catch (TransientFailureException)
        {
            // It is being continued.
        }
    }

    /// <summary>The arguments of one download, besides those of every run.</summary>
    internal static IEnumerable<string> ArgumentsFor(TransformProfile? profile, long? rateLimit) =>
    [
        .. YtDlpOutput.Templates,
        "--continue",
        "--no-mtime",
        "--no-playlist",
        "--playlist-items",
        "1",
        "--break-match-filters",
        "!is_live & live_status!=?is_upcoming",
        "--format",
        FormatFor(profile),

        // Named after the format: a later attempt that gets another one must not continue this one's file. Nothing else of
        // the site's is in it, not even the extension.
        "--output",
        "source-%(format_id).40S",
        .. rateLimit is null ? Array.Empty<string>() : ["--limit-rate", rateLimit.Value.ToString(CultureInfo.InvariantCulture)],
    ];

    /// <summary>
    /// The best that isn't larger than the profile's output: its short side is what yt-dlp calls the resolution. If there is
    /// no such thing, the smallest. Of what becomes sound alone, the best sound.
    /// </summary>
    internal static string FormatFor(TransformProfile? profile) => profile switch
    {
        { Container: OutputContainer.M4a } => "ba/b",
        { FetchedShortSide: { } side } => string.Create(
            CultureInfo.InvariantCulture, $"bv*[height<=?{side}]+ba/b[height<=?{side}]/bv*[width<=?{side}]+ba/b[width<=?{side}]/wv*+ba/w"),
        _ => "bv*+ba/b",
    };

    private static bool IsYouTube(string host) => host is "youtu.be"
        || host is "youtube.com" || host.EndsWith(".youtube.com", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".youtube-nocookie.com", StringComparison.OrdinalIgnoreCase);

    private static FileStream Hold(string folder)
    {
        try
        {
            return new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (!FullDisk.Is(exception))
        {
            throw new TransientFailureException("Another worker is still writing this download.", exception);
        }
    }

    private async Task<string> FetchAsync(
        StageContext context, Video video, string folder, Action<StageProgress> report, CancellationToken cancellationToken)
    {
        using var stalled = new CancellationTokenSource(options.Value.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, cancellationToken);
        using var room = disk.Reserve(folder, 0);
        var run = new YtDlpRun(context.Channel.Filters, video.Title, folder, download.Value.MaxSizeBytes, room, report);
        MediaProcessResult result;
        try
        {
            result = await program.RunAsync(
                video.Url,
                context.Channel.AllowPrivateNetworks,
                folder,
                ArgumentsFor(profiles.Find(context.Channel.Profile), options.Value.RateLimit),
                line =>
                {
                    if (run.Read(line))
                    {
                        stalled.CancelAfter(run.StallTimeout(options.Value.StallTimeout));
                    }
                },
                either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientFailureException($"yt-dlp got no further for {run.StallTimeout(options.Value.StallTimeout).TotalSeconds:0.#} s and was stopped.");
        }

        if (result.ExitCode == FilteredOut)
        {
            throw YtDlpFailure.Live(time.GetUtcNow());
        }

        if (result.ExitCode != 0)
        {
            throw YtDlpFailure.Explain(result.ExitCode, result.Errors, listing: false, time.GetUtcNow());
        }

        return run.File is { } file && RealPath.IsWithin(file, folder) && File.Exists(file)
            ? file
            : throw new TransientFailureException("yt-dlp has ended without a file and without a reason.")
            {
                Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["program"] = "yt-dlp", ["errors"] = result.Errors },
            };
    }
}
