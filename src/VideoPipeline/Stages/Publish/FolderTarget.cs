using Microsoft.EntityFrameworkCore;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
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
internal sealed class FolderTarget(
    IArtifactStore store, MediaProbe probe, PipelineFolders folders, IDbContextFactory<PipelineDbContext> contexts) : IPublishTarget
{
    public TargetKind Kind => TargetKind.Folder;

    public async Task<StageResult> PublishAsync(StageContext context, CancellationToken cancellationToken)
    {
        var video = context.Video!;
        var output = StoredArtifact.Require(context, ArtifactKind.Output);
        var thumbnail = context.Artifacts.FirstOrDefault(artifact => artifact.Kind == ArtifactKind.Thumbnail);
        var outputFile = await StoredArtifact.FileOfAsync(store, output, context, cancellationToken);
        var thumbnailFile = thumbnail is null ? null : await StoredArtifact.FileOfAsync(store, thumbnail, context, cancellationToken);
        var location = await LocationAsync(context.Channel, video, Path.GetExtension(output.Key), cancellationToken);

        var media = await probe.ProbeAsync(outputFile, video.Title, cancellationToken);
        var metadataKey = ArtifactKey.Metadata(video.ChannelId, video.Id);
        var metadataDigest = await StoreMetadataAsync(
            context, VideoMetadata.Of(context.Channel, video, media, output.Digest), metadataKey, cancellationToken);

        var metadataFile = await store.FindFileAsync(metadataKey, metadataDigest, context.WorkFolder, cancellationToken)
            ?? throw new TransientFailureException("The metadata that were just stored are gone.");
        await FolderDelivery.DeliverAsync(metadataFile, Path.ChangeExtension(location, ".json"), metadataDigest, _ => { }, cancellationToken);
        if (thumbnailFile is not null)
        {
            await FolderDelivery.DeliverAsync(thumbnailFile, Path.ChangeExtension(location, ".jpg"), thumbnail!.Digest, _ => { }, cancellationToken);
        }

        var copied = await FolderDelivery.DeliverAsync(
            outputFile, location, output.Digest, percent => context.ReportProgress(new(percent)), cancellationToken);

        // A crash from here on leaves a published video without its row; the next attempt finds the files and adds the row.
        return new()
        {
            Value = new PublishResult(location, output.Sha256, output.SizeBytes, AlreadyPublished: !copied),
            Apply = async (db, now, token) =>
            {
                await ArtifactRows.UpsertAsync(db, video.Id, ArtifactKind.Metadata, metadataKey, metadataDigest, now, token);
                await PublicationRows.UpsertAsync(db, video.Id, Kind, location, output.Sha256, now, token);
                return [];
            },
        };
    }

    /// <summary>Where the video is already, even if its title or its channel's folder has changed since; else where it goes.</summary>
    private async Task<string> LocationAsync(Channel channel, Video video, string extension, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var published = await db.Publications
            .Where(p => p.VideoId == video.Id && p.TargetKind == channel.TargetKind).Select(p => p.Location).FirstOrDefaultAsync(cancellationToken);
        var location = published ?? Path.Combine(
            channel.TargetPath ?? Path.Combine(folders.Published, channel.Name), PublishedFileName.Of(video.Title, video.Id) + extension);

        // A profile with another container since: what was published under the other extension is left where it is.
        return Path.ChangeExtension(location, extension);
    }

    private async Task<FileDigest> StoreMetadataAsync(
        StageContext context, VideoMetadata metadata, string key, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(context.WorkFolder);
        var file = Path.Combine(context.WorkFolder, "metadata.json");
        await File.WriteAllBytesAsync(file, metadata.ToJson(), cancellationToken);
        return await store.MoveInAsync(file, key, cancellationToken);
    }
}
