using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Pages.Layout;

/// <summary>How many jobs have failed, for the navigation.</summary>
internal sealed class FailureCount(IDbContextFactory<PipelineDbContext> contexts)
{
    /// <param name="most">Counts no further, so that many failures cost no more than these.</param>
    public async Task<int> CountAsync(int most, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.Where(j => j.Status == JobStatus.Failed).OrderByDescending(j => j.Id).Take(most).CountAsync(cancellationToken);
    }
}
