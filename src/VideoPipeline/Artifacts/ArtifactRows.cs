using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Database;

namespace VideoPipeline.Artifacts;

/// <summary>The row of a stored file, one for each video and kind.</summary>
internal static class ArtifactRows
{
    /// <summary>Adds the row or brings it up to date; for a stage's <see cref="Stages.StageResult.Apply"/>.</summary>
    public static async Task UpsertAsync(
        PipelineDbContext db, long videoId, ArtifactKind kind, string key, FileDigest digest, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await db.Artifacts.AsTracking().FirstOrDefaultAsync(a => a.VideoId == videoId && a.Kind == kind, cancellationToken);
        if (row is null)
        {
            db.Artifacts.Add(new() { VideoId = videoId, Kind = kind, Key = key, SizeBytes = digest.SizeBytes, Sha256 = digest.Sha256, CreatedAt = now });
            return;
        }

        row.Key = key;
        row.SizeBytes = digest.SizeBytes;
        row.Sha256 = digest.Sha256;
        row.CreatedAt = now;
    }

    /// <summary>Removes the row, if there is one; the stored file is left.</summary>
    public static async Task RemoveAsync(PipelineDbContext db, long videoId, ArtifactKind kind, CancellationToken cancellationToken)
    {
        if (await db.Artifacts.AsTracking().FirstOrDefaultAsync(a => a.VideoId == videoId && a.Kind == kind, cancellationToken) is { } row)
        {
            db.Artifacts.Remove(row);
        }
    }
}
