using Microsoft.EntityFrameworkCore;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Download;

/// <summary>A download job's <c>result</c>.</summary>
/// <param name="AlreadyStored">True when an earlier run had stored it, so that nothing was fetched.</param>
public sealed record DownloadResult(string Key, long SizeBytes, string Sha256, double? DurationSeconds, string Container, bool AlreadyStored);

/// <summary>Brings a video's source file into the store, once it is known to be a playable video that the channel takes.</summary>
public sealed class DownloadStage(IArtifactStore store, FileFetch files, HttpDownload http, MediaProbe probe) : IStage
{
    // Of the percentage: what comes after fetching is quick, unless the store is elsewhere.
    private const double Fetched = 0.95;

    public JobType JobType => JobType.Download;

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var video = context.Video ?? throw new PermanentFailureException("A download needs a video.");
        var name = NameOf(video);
        if (context.Artifacts.FirstOrDefault(artifact => artifact.Kind == ArtifactKind.Source) is { } stored
            && await store.HasAsync(stored.Key, stored.Digest, cancellationToken)
            && await store.FindFileAsync(stored.Key, stored.Digest, context.WorkFolder, cancellationToken) is { } path)
        {
            var present = await probe.ProbeAsync(path, name, cancellationToken);
            DemandWanted(present, context.Channel.Filters, name);
            return Result(video, stored.Key, stored.Digest, present, alreadyStored: true);
        }

        var (fetched, known) = await FetchAsync(context, video, cancellationToken);
        MediaInfo media;
        try
        {
            media = await probe.ProbeAsync(fetched, name, cancellationToken);
            DemandWanted(media, context.Channel.Filters, name);
        }
        catch (PermanentFailureException)
        {
            // Of no use to a later attempt, which would only find it complete and fail again.
            PartialDownload.Remove(fetched);
            throw;
        }

        // A crash after the move leaves a stored file without a row; the next attempt fetches and replaces it.
        var key = ArtifactKey.Source(video.ChannelId, video.Id, MediaFormats.ExtensionOf(media.Container)!);
        var digest = await store.MoveInAsync(
            fetched, key, cancellationToken, known, percent => context.ReportProgress(new((100 * Fetched) + (percent * (1 - Fetched)))));
        PartialDownload.Remove(fetched);
        context.ReportProgress(new(100));
        return Result(video, key, digest, media, alreadyStored: false);
    }

    /// <returns>The path of the complete file, and what it is if that is known already.</returns>
    private async Task<(string Path, FileDigest? Known)> FetchAsync(StageContext context, Video video, CancellationToken cancellationToken)
    {
        void Report(double percent) => context.ReportProgress(new(percent * Fetched));
        if (Path.IsPathFullyQualified(video.Url))
        {
            Directory.CreateDirectory(context.WorkFolder);
            var target = Path.Combine(context.WorkFolder, "source.part");

            // The folder is of this attempt alone: nobody else writes the copy.
            return (target, await files.CopyAsync(video.Url, context.Channel.SourceUrl, target, Report, cancellationToken));
        }

        return Uri.TryCreate(video.Url, UriKind.Absolute, out var url)
            ? (await http.FetchAsync(url, video.Id, context.Channel.AllowPrivateNetworks, Report, cancellationToken), null)
            : throw new PermanentFailureException($"'{video.Url}' is neither an absolute path nor an http or https URL.");
    }

    private static void DemandWanted(MediaInfo media, ScrapeFilters filters, string name)
    {
        if (media.Video is null)
        {
            throw new PermanentFailureException($"{name} is not a playable video: it has no video stream.");
        }

        if (media.Duration?.TotalSeconds is not { } seconds)
        {
            return;
        }

        if (seconds < filters.MinDuration)
        {
            throw new PermanentFailureException($"{name} lasts {seconds:0.0} s; the channel takes videos from {filters.MinDuration} s.");
        }

        if (seconds > filters.MaxDuration)
        {
            throw new PermanentFailureException($"{name} lasts {seconds:0.0} s; the channel takes videos up to {filters.MaxDuration} s.");
        }
    }

    /// <summary>What people call the file: the last part of its path or URL.</summary>
    private static string NameOf(Video video)
    {
        var path = Uri.TryCreate(video.Url, UriKind.Absolute, out var url) && !url.IsFile ? Uri.UnescapeDataString(url.AbsolutePath) : video.Url;
        return Path.GetFileName(path) is { Length: > 0 } name ? name : video.Title;
    }

    private static StageResult Result(Video video, string key, FileDigest digest, MediaInfo media, bool alreadyStored) => new()
    {
        Value = new DownloadResult(key, digest.SizeBytes, digest.Sha256, media.Duration?.TotalSeconds, media.Container, alreadyStored),
        Apply = async (db, now, token) =>
        {
            await ArtifactRows.UpsertAsync(db, video.Id, ArtifactKind.Source, key, digest, now, token);
            await db.Videos.Where(v => v.Id == video.Id).ExecuteUpdateAsync(
                set => set.SetProperty(v => v.DurationSeconds, media.Duration?.TotalSeconds).SetProperty(v => v.UpdatedAt, now), token);
            return [];
        },
    };
}
