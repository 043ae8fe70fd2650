using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.Download;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>
/// Brings the source file into the shape of the channel's profile. Streams that have it already are copied; what comes out
/// is checked before it gets into the store, where it replaces what an earlier attempt may have left.
/// </summary>
public sealed class TransformStage(
    IArtifactStore store, MediaProbe probe, Ffmpeg ffmpeg, TransformProfiles profiles, HardwareEncoders encoders, DiskSpace disk, TimeProvider time) : IStage
{
    public JobType JobType => JobType.Transform;

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken) =>
        FullDisk.GuardAsync(() => TransformAsync(context, cancellationToken), time);

    private async Task<StageResult> TransformAsync(StageContext context, CancellationToken cancellationToken)
    {
        var video = context.Video ?? throw new PermanentFailureException("A transform needs a video.");
        var profile = profiles.Find(context.Channel.Profile)
            ?? throw new PermanentFailureException(
                $"There is no profile {context.Channel.Profile}. Give the channel one of: {string.Join(", ", profiles.Names)}.");
        var source = context.Artifacts.FirstOrDefault(artifact => artifact.Kind == ArtifactKind.Source) is { } artifact
            && await store.FindFileAsync(artifact.Key, artifact.Digest, context.WorkFolder, cancellationToken) is { } stored
                ? stored
                : throw new PermanentFailureException("The source file is not in the store. Run the download again.");

        var media = await probe.ProbeAsync(source, video.Title, cancellationToken);
        if (profile.NeedsVideo && media.Video is null)
        {
            throw new PermanentFailureException($"{video.Title} has no video stream, which the profile {profile.Name} needs.");
        }

        if (profile.Container == OutputContainer.M4a && media.Audio is null)
        {
            throw new PermanentFailureException($"{video.Title} has no sound, and the profile {profile.Name} takes nothing else.");
        }

        Directory.CreateDirectory(context.WorkFolder);

        // Nobody knows how large the output gets. The source's size is the best guess; of a video's sound alone next to nothing.
        using var room = disk.Reserve(context.WorkFolder, profile.Container == OutputContainer.M4a ? 0 : new FileInfo(source).Length);
        var run = new TransformRun(ffmpeg, probe, encoders, context, profile, source, media, time);
        var output = await run.WriteAsync(cancellationToken);

        // A crash after either move leaves stored files without rows; the next attempt replaces them. The rows come last.
        var outputKey = ArtifactKey.Output(video.ChannelId, video.Id, run.Extension);
        var thumbnailKey = ArtifactKey.Thumbnail(video.ChannelId, video.Id);
        var outputDigest = await store.MoveInAsync(run.OutputFile, outputKey, cancellationToken, output.Digest);
        var thumbnailDigest = run.HasThumbnail ? await store.MoveInAsync(run.ThumbnailFile, thumbnailKey, cancellationToken) : (FileDigest?)null;
        context.ReportProgress(new(100));
        return new()
        {
            Value = new TransformResult(
                profile.Name,
                output.Plan.Video,
                output.Plan.Audio,
                run.Loudness is { IsSilent: false } measured ? new(measured.Integrated, Math.Max(measured.TruePeak, -99), measured.Range) : null,
                output.Media.Duration!.Value.TotalSeconds,
                output.Plan.Size.Width,
                output.Plan.Size.Height,
                outputDigest.SizeBytes,
                outputDigest.Sha256,
                output.Encoder,
                output.Ssim,
                run.Commands),
            Apply = async (db, now, token) =>
            {
                await ArtifactRows.UpsertAsync(db, video.Id, ArtifactKind.Output, outputKey, outputDigest, now, token);
                if (thumbnailDigest is { } digest)
                {
                    await ArtifactRows.UpsertAsync(db, video.Id, ArtifactKind.Thumbnail, thumbnailKey, digest, now, token);
                }
                else
                {
                    // One of an earlier output must not be published with this one.
                    await ArtifactRows.RemoveAsync(db, video.Id, ArtifactKind.Thumbnail, token);
                }

                return [];
            },
        };
    }
}
