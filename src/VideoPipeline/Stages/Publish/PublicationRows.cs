using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Database;

namespace VideoPipeline.Stages.Publish;

/// <summary>The row of a published video, one for each video and target.</summary>
internal static class PublicationRows
{
    /// <summary>Adds the row or brings it up to date; for a stage's <see cref="StageResult.Apply"/>.</summary>
    public static async Task UpsertAsync(
        PipelineDbContext db, long videoId, TargetKind kind, string location, string sha256, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await db.Publications.AsTracking().FirstOrDefaultAsync(p => p.VideoId == videoId && p.TargetKind == kind, cancellationToken);
        if (row is null)
        {
            db.Publications.Add(new() { VideoId = videoId, TargetKind = kind, Location = location, Sha256 = sha256, PublishedAt = now });
        }
        else if (row.Sha256 != sha256 || row.Location != location)
        {
            row.Location = location;
            row.Sha256 = sha256;
            row.PublishedAt = now;
        }
    }
}
