using Microsoft.EntityFrameworkCore;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>
/// Reads and writes intents. Each write is committed when its task completes, and is refused when another attempt has taken
/// the intent since: a worker that wakes up late changes nothing, and so sends no last byte.
/// </summary>
public sealed class PublishIntents(RowWriter writer, TimeProvider time)
{
    /// <summary>
    /// Takes over the video's intent for this attempt. Null when there is none yet.
    /// </summary>
    /// <exception cref="TransientFailureException">The job is no longer this attempt's.</exception>
    public Task<PublishIntent?> TakeAsync(VideoProcessingJob claimed, TargetKind target, CancellationToken cancellationToken) => WriteAsync(
        async db =>
        {
            await RequireLeaseAsync(db, claimed);
            var intent = await db.PublishIntents.AsTracking().FirstOrDefaultAsync(i => i.VideoId == claimed.VideoId && i.TargetKind == target);
            if (intent is not null)
            {
                intent.Holder = claimed.LeaseToken!.Value;
                intent.UpdatedAt = time.GetUtcNow();
                await db.SaveChangesAsync();
            }

            return intent;
        },
        cancellationToken);

    /// <summary>Commits that the video is to be uploaded. From here on its marker is known.</summary>
    /// <exception cref="TransientFailureException">The job is no longer this attempt's.</exception>
    public async Task<PublishIntent> BeginAsync(
        VideoProcessingJob claimed, TargetKind target, string account, FileDigest digest, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(
                async db =>
                {
                    await RequireLeaseAsync(db, claimed);
                    var now = time.GetUtcNow();
                    var intent = new PublishIntent
                    {
                        VideoId = claimed.VideoId!.Value,
                        TargetKind = target,
                        Account = account,
                        Token = Guid.NewGuid().ToString("N"),
                        Sha256 = digest.Sha256,
                        SizeBytes = digest.SizeBytes,
                        Holder = claimed.LeaseToken!.Value,
                        CreatedAt = now,
                        UpdatedAt = now,
                    };
                    db.PublishIntents.Add(intent);
                    await db.SaveChangesAsync();
                    return intent;
                },
                cancellationToken);
        }
        catch (Exception exception) when (UniqueViolation.Is(exception))
        {
            throw TakenOver(exception);
        }
    }

    /// <summary>Changes the intent, and commits.</summary>
    /// <returns>The intent as it is then.</returns>
    /// <exception cref="TransientFailureException">Another attempt has taken it; nothing was changed.</exception>
    public Task<PublishIntent> ChangeAsync(PublishIntent intent, Action<PublishIntent, DateTimeOffset> change, CancellationToken cancellationToken) => WriteAsync(
        async db =>
        {
            var changed = intent.Copy();
            db.Attach(changed);
            var now = time.GetUtcNow();
            change(changed, now);
            changed.UpdatedAt = now;
            await db.SaveChangesAsync();
            return changed;
        },
        cancellationToken);

    /// <summary>Forgets the intent: an operator has decided that the video is to be uploaded once more.</summary>
    public Task ForgetAsync(PublishIntent intent, CancellationToken cancellationToken) => WriteAsync(
        async db =>
        {
            db.Remove(intent.Copy());
            await db.SaveChangesAsync();
            return true;
        },
        cancellationToken);

    private async Task<T> WriteAsync<T>(Func<PipelineDbContext, Task<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await writer.WriteAsync(operation, cancellationToken);
        }
        catch (DbUpdateConcurrencyException exception)
        {
            throw TakenOver(exception);
        }
    }

    private static async Task RequireLeaseAsync(PipelineDbContext db, VideoProcessingJob claimed)
    {
        if (!await db.Jobs.AnyAsync(j => j.Id == claimed.Id && j.LeaseToken == claimed.LeaseToken))
        {
            throw TakenOver(inner: null);
        }
    }

    private static TransientFailureException TakenOver(Exception? inner) => new("Another attempt works on this publication.", inner);
}
