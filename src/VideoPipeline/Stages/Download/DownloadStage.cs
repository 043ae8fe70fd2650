using Microsoft.EntityFrameworkCore;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Stages.Download;

/// <summary>A download job's <c>result</c>.</summary>
/// <param name="AlreadyStored">True when an earlier run had stored it, so that nothing was fetched.</param>
public sealed record DownloadResult(string Key, long SizeBytes, string Sha256, double? DurationSeconds, string Container, bool AlreadyStored);

/// <summary>Brings a video's source file into the store, once it is known to be a playable video that the channel takes.</summary>
public sealed class DownloadStage(
    IArtifactStore store,
    FileFetch files,
    HttpDownload http,
    YtDlpDownload ytDlp,
    MediaProbe probe,
    SourcePauses pauses,
    TransformProfiles profiles,
    IDbContextFactory<PipelineDbContext> contexts,
    TimeProvider time) : IStage
{
    // Of the percentage: what comes after fetching is quick, unless the store is elsewhere.
    private const double Fetched = 0.95;

    public JobType JobType => JobType.Download;

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken) =>
        FullDisk.GuardAsync(() => DownloadAsync(context, cancellationToken), time);

    private async Task<StageResult> DownloadAsync(StageContext context, CancellationToken cancellationToken)
    {
        var video = context.Video ?? throw new PermanentFailureException("A download needs a video.");
        var name = NameOf(video);
        if (context.Artifacts.FirstOrDefault(artifact => artifact.Kind == ArtifactKind.Source) is { } stored
            && await store.HasAsync(stored.Key, stored.Digest, cancellationToken)
            && await store.FindFileAsync(stored.Key, stored.Digest, context.WorkFolder, cancellationToken) is { } path)
        {
            var present = await probe.ProbeAsync(path, name, cancellationToken);
            DemandWanted(present, context.Channel, name);
            return Result(context, video, stored.Key, stored.Digest, present, alreadyStored: true);
        }

        var (fetched, known, remove) = await FetchAsync(context, video, cancellationToken);
        MediaInfo media;
        try
        {
            media = await probe.ProbeAsync(fetched, name, cancellationToken);
            DemandWanted(media, context.Channel, name);
        }
        catch (PermanentFailureException)
        {
            // Of no use to a later attempt, which would only find it complete and fail again.
            remove(fetched);
            throw;
        }

        // A crash after the move leaves a stored file without a row; the next attempt fetches and replaces it.
        var key = ArtifactKey.Source(video.ChannelId, video.Id, MediaFormats.ExtensionOf(media.Container)!);
        var digest = await store.MoveInAsync(
            fetched, key, cancellationToken, known, percent => context.ReportProgress(new((100 * Fetched) + (percent * (1 - Fetched)))));
        remove(fetched);
        await ShareAsync(key, digest, cancellationToken);
        context.ReportProgress(new(100));
        return Result(context, video, key, digest, media, alreadyStored: false);
    }

    /// <returns>The path of the complete file, what it is if that is known already, and what removes it with all that belongs to it.</returns>
    private async Task<(string Path, FileDigest? Known, Action<string> Remove)> FetchAsync(StageContext context, Video video, CancellationToken cancellationToken)
    {
        void Report(double percent) => context.ReportProgress(new(percent * Fetched));
        if (Path.IsPathFullyQualified(video.Url))
        {
            Directory.CreateDirectory(context.WorkFolder);
            var target = Path.Combine(context.WorkFolder, "source.part");

            // The folder is of this attempt alone: nobody else writes the copy.
            return (target, await files.CopyAsync(video.Url, context.Channel.SourceUrl, target, Report, cancellationToken), PartialDownload.Remove);
        }

        await pauses.DemandOpenAsync(video.ChannelId, cancellationToken);
        if (YtDlpDownload.Fetches(context.Channel.SourceKind, video.Url))
        {
            return (await ytDlp.FetchAsync(
                context, progress => context.ReportProgress(progress with { Percent = progress.Percent * Fetched }), cancellationToken), null, YtDlpDownload.Remove);
        }

        return Uri.TryCreate(video.Url, UriKind.Absolute, out var url)
            ? (await http.FetchAsync(url, video.Id, context.Channel.AllowPrivateNetworks, Report, cancellationToken), null, PartialDownload.Remove)
            : throw new PermanentFailureException($"'{video.Url}' is neither an absolute path nor an http or https URL.");
    }

    /// <summary>
    /// Keeps one copy of a content that other videos have, too. A crash before leaves two, which does no harm: it is only
    /// room that is saved.
    /// </summary>
    private async Task ShareAsync(string key, FileDigest digest, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var same = await db.Artifacts.Where(a => a.Sha256 == digest.Sha256 && a.SizeBytes == digest.SizeBytes && a.Key != key)
            .OrderBy(a => a.Id).Select(a => a.Key).FirstOrDefaultAsync(cancellationToken);
        if (same is not null)
        {
            await store.ShareAsync(key, same, digest, cancellationToken);
        }
    }

    private void DemandWanted(MediaInfo media, Channel channel, string name)
    {
        if (media.Video is null && profiles.Find(channel.Profile)?.NeedsVideo != false)
        {
            throw new PermanentFailureException($"{name} is not a playable video: it has no video stream.");
        }

        if (media.Video is null && media.Audio is null)
        {
            throw new PermanentFailureException($"{name} has neither picture nor sound.");
        }

        SourceFilters.DemandDuration(media.Duration?.TotalSeconds, channel.Filters, name);
    }

    /// <summary>What people call the file: the last part of its path or URL.</summary>
    private static string NameOf(Video video)
    {
        var path = Uri.TryCreate(video.Url, UriKind.Absolute, out var url) && !url.IsFile ? Uri.UnescapeDataString(url.AbsolutePath) : video.Url;
        return Path.GetFileName(path) is { Length: > 0 } name ? name : video.Title;
    }

    private static StageResult Result(StageContext context, Video video, string key, FileDigest digest, MediaInfo media, bool alreadyStored) => new()
    {
        Value = new DownloadResult(key, digest.SizeBytes, digest.Sha256, media.Duration?.TotalSeconds, media.Container, alreadyStored),
        Apply = async (db, now, token) =>
        {
            if (!alreadyStored && !Path.IsPathFullyQualified(video.Url))
            {
                await SourcePauses.ForgetAsync(db, context.Job, token);
            }

            await ArtifactRows.UpsertAsync(db, video.Id, ArtifactKind.Source, key, digest, now, token);
            await db.Videos.Where(v => v.Id == video.Id).ExecuteUpdateAsync(
                set => set.SetProperty(v => v.DurationSeconds, media.Duration?.TotalSeconds).SetProperty(v => v.UpdatedAt, now), token);
            return [];
        },
    };
}
