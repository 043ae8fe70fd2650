using Microsoft.EntityFrameworkCore;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Publish;

/// <summary>A publish job's <c>result</c>.</summary>
/// <param name="Location">The absolute path of the published video.</param>
/// <param name="AlreadyPublished">True when it was there already, so that nothing was copied.</param>
public sealed record PublishResult(string Location, string Sha256, long SizeBytes, bool AlreadyPublished);

/// <summary>
/// Delivers a video to its channel's folder: metadata and thumbnail first, the video last, so that its appearance means that
/// all of it is there. Started twice, it publishes once: the second time it finds everything in its place.
/// </summary>
public sealed class PublishStage(
    IArtifactStore store, MediaProbe probe, PipelineFolders folders, IDbContextFactory<PipelineDbContext> contexts) : IStage
{
    public JobType JobType => JobType.Publish;

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var video = context.Video ?? throw new PermanentFailureException("A publish needs a video.");
        var output = Stored(context, ArtifactKind.Output);
        var thumbnail = Stored(context, ArtifactKind.Thumbnail);
        var outputFile = await FileOfAsync(output, context, cancellationToken);
        var thumbnailFile = await FileOfAsync(thumbnail, context, cancellationToken);
        var location = await LocationAsync(context.Channel, video, cancellationToken);

        var media = await probe.ProbeAsync(outputFile, video.Title, cancellationToken);
        var metadataKey = ArtifactKey.Metadata(video.ChannelId, video.Id);
        var metadataDigest = await StoreMetadataAsync(
            context, VideoMetadata.Of(context.Channel, video, media, output.Digest), metadataKey, cancellationToken);

        var metadataFile = await store.FindFileAsync(metadataKey, metadataDigest, context.WorkFolder, cancellationToken)
            ?? throw new TransientFailureException("The metadata that were just stored are gone.");
        await FolderTarget.DeliverAsync(metadataFile, Path.ChangeExtension(location, ".json"), metadataDigest, _ => { }, cancellationToken);
        await FolderTarget.DeliverAsync(thumbnailFile, Path.ChangeExtension(location, ".jpg"), thumbnail.Digest, _ => { }, cancellationToken);
        var copied = await FolderTarget.DeliverAsync(
            outputFile, location, output.Digest, percent => context.ReportProgress(new(percent)), cancellationToken);

        // A crash from here on leaves a published video without its row; the next attempt finds the files and adds the row.
        return new()
        {
            Value = new PublishResult(location, output.Sha256, output.SizeBytes, AlreadyPublished: !copied),
            Apply = async (db, now, token) =>
            {
                await ArtifactRows.UpsertAsync(db, video.Id, ArtifactKind.Metadata, metadataKey, metadataDigest, now, token);
                await UpsertAsync(db, video.Id, context.Channel.TargetKind, location, output.Sha256, now, token);
                return [];
            },
        };
    }

    private static Artifact Stored(StageContext context, ArtifactKind kind) =>
        context.Artifacts.FirstOrDefault(artifact => artifact.Kind == kind) ?? throw Missing(kind);

    private async Task<string> FileOfAsync(Artifact artifact, StageContext context, CancellationToken cancellationToken) =>
        await store.FindFileAsync(artifact.Key, artifact.Digest, context.WorkFolder, cancellationToken) ?? throw Missing(artifact.Kind);

    private static PermanentFailureException Missing(ArtifactKind kind) =>
        new($"The {LowerCaseEnum<ArtifactKind>.Name(kind)} is not in the store. Run the transform again.");

    /// <summary>Where the video is already, even if its title or its channel's folder has changed since; else where it goes.</summary>
    private async Task<string> LocationAsync(Channel channel, Video video, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var published = await db.Publications
            .Where(p => p.VideoId == video.Id && p.TargetKind == channel.TargetKind).Select(p => p.Location).FirstOrDefaultAsync(cancellationToken);
        return published ?? Path.Combine(
            channel.TargetPath ?? Path.Combine(folders.Published, channel.Name), $"{PublishedFileName.Of(video.Title, video.Id)}.mp4");
    }

    private async Task<FileDigest> StoreMetadataAsync(
        StageContext context, VideoMetadata metadata, string key, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(context.WorkFolder);
        var file = Path.Combine(context.WorkFolder, "metadata.json");
        await File.WriteAllBytesAsync(file, metadata.ToJson(), cancellationToken);
        return await store.MoveInAsync(file, key, cancellationToken);
    }

    private static async Task UpsertAsync(
        PipelineDbContext db, long videoId, TargetKind kind, string location, string sha256, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await db.Publications.AsTracking().FirstOrDefaultAsync(p => p.VideoId == videoId && p.TargetKind == kind, cancellationToken);
        if (row is null)
        {
            db.Publications.Add(new() { VideoId = videoId, TargetKind = kind, Location = location, Sha256 = sha256, PublishedAt = now });
        }
        else if (row.Sha256 != sha256)
        {
            row.Sha256 = sha256;
            row.PublishedAt = now;
        }
    }
}
