using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Server.Pages;

/// <summary>The channels to choose from in a filter.</summary>
internal sealed class ChannelNames(IDbContextFactory<PipelineDbContext> contexts)
{
    /// <summary>A longer list is no choice; the address takes the id of any channel.</summary>
    private const int Most = 200;

    public async Task<IReadOnlyList<(long Id, string Name)>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var channels = await db.Channels.Where(c => c.DeletedAt == null).OrderBy(c => c.Name).Take(Most).Select(c => new { c.Id, c.Name }).ToListAsync(cancellationToken);
        return [.. channels.Select(channel => (channel.Id, channel.Name))];
    }
}
