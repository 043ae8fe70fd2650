using Microsoft.EntityFrameworkCore;
using VideoPipeline.Access;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Catalog;

/// <summary>Adds, changes, lists and deletes channels.</summary>
public sealed class ChannelCatalog(
    RowWriter writer, IDbContextFactory<PipelineDbContext> contexts, QueueService queue, ChannelRules rules, JobSignals signals, TimeProvider time)
{
    /// <summary>
    /// This channel was added, changed or deleted (then <see cref="Channel.DeletedAt"/> is set). Raised after the commit;
    /// handlers must return at once and must not throw.
    /// </summary>
    public event Action<Channel>? Changed;

    /// <exception cref="InvalidRequestException"/>
    /// <exception cref="ConflictException">Another channel has this name.</exception>
    public async Task<Channel> AddAsync(ChannelRequest request, CancellationToken cancellationToken = default)
    {
        var actor = Actor.Current;
        var channel = rules.Check(request);
        channel.CreatedAt = channel.UpdatedAt = time.GetUtcNow();
        await WriteAsync(
            async db =>
            {
                db.Channels.Add(channel);
                await db.SaveChangesAsync();
                if (actor is not null)
                {
                    db.Note(actor, AuditAction.CreateChannel, channel.CreatedAt, channelId: channel.Id, details: new { channel.Name });
                    await db.SaveChangesAsync();
                }

                return true;
            },
            channel.Name,
            cancellationToken);
        Changed?.Invoke(channel);
        return channel;
    }

    /// <summary>The channels that aren't deleted, newest first.</summary>
    /// <param name="beforeId">Only channels older than this one: the last of the page before.</param>
    public async Task<IReadOnlyList<Channel>> ListAsync(int limit, long? beforeId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Channels.AsNoTracking().Include(c => c.SourceState).Where(c => c.DeletedAt == null && (beforeId == null || c.Id < beforeId))
            .OrderByDescending(c => c.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <exception cref="UnknownIdException">There is none, or it is deleted.</exception>
    public async Task<Channel> GetAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db.Channels.AsNoTracking().Include(c => c.SourceState), id, cancellationToken);
    }

    /// <summary>Makes the channel what the change makes of its present description.</summary>
    /// <exception cref="UnknownIdException"/>
    /// <exception cref="InvalidRequestException"/>
    /// <exception cref="ConflictException">Another channel has this name.</exception>
    public async Task<Channel> ChangeAsync(long id, Func<ChannelRequest, ChannelRequest> change, CancellationToken cancellationToken = default)
    {
        var actor = Actor.Current;
        while (true)
        {
            // The disk is asked before the write, not within it: a folder that hangs must not hold up everyone's writes.
            var present = await GetAsync(id, cancellationToken);
            var before = ChannelRequest.Of(present);
            var wanted = rules.Check(change(before), present);
            var changed = await WriteAsync(
                async db =>
                {
                    var channel = await FindAsync(db.Channels.AsTracking(), id, CancellationToken.None);
                    if (ChannelRequest.Of(channel) != before)
                    {
                        // Changed since it was read; what this request leaves alone must stay as the other one made it.
                        return null;
                    }

                    Apply(wanted, channel);
                    db.Note(actor, AuditAction.ChangeChannel, channel.UpdatedAt, channelId: id, details: new { channel.Name, changed = ChannelRequest.Of(channel).Differences(before) });
                    await db.SaveChangesAsync();
                    return channel;
                },
                wanted.Name,
                cancellationToken);
            if (changed is not null)
            {
                changed.SourceState = present.SourceState;
                Changed?.Invoke(changed);
                return changed;
            }
        }
    }

    /// <summary>Deletes the channel and cancels its waiting and running jobs; its videos and their history stay.</summary>
    /// <exception cref="UnknownIdException"/>
    public async Task DeleteAsync(long id, CancellationToken cancellationToken = default)
    {
        var actor = Actor.Current;

        // First the channel, so that nothing is enqueued for it any more, then its jobs.
        var deleted = await writer.WriteAsync(
            async db =>
            {
                var channel = await FindAsync(db.Channels.AsTracking(), id, CancellationToken.None);
                channel.DeletedAt = channel.UpdatedAt = time.GetUtcNow();
                db.Note(actor, AuditAction.DeleteChannel, channel.UpdatedAt, channelId: id, details: new { channel.Name });
                await db.SaveChangesAsync();
                return channel;
            },
            cancellationToken);
        Changed?.Invoke(deleted);

        // A crash from here on leaves jobs of a channel that is gone; FinishDeletionsAsync cancels them at the next start.
        await CancelJobsAsync(id);
    }

    /// <summary>
    /// For the start, before any worker: cancels the jobs of deleted channels that are left because the process died in the
    /// midst of a deletion. Nobody wants them, and they would still be published.
    /// </summary>
    public async Task FinishDeletionsAsync(CancellationToken cancellationToken)
    {
        List<long> unfinished;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            unfinished = await db.Channels
                .Where(c => c.DeletedAt != null && db.Jobs.Where(JobQuery.Active).Any(j => j.ChannelId == c.Id))
                .Select(c => c.Id).ToListAsync(cancellationToken);
        }

        foreach (var id in unfinished)
        {
            await CancelJobsAsync(id);
        }
    }

    /// <summary>Enqueues a scrape of the channel, at its priority.</summary>
    /// <exception cref="UnknownIdException"/>
    /// <exception cref="ConflictException">One waits or runs already.</exception>
    public async Task<VideoProcessingJob> ScrapeAsync(long id, CancellationToken cancellationToken = default)
    {
        var channel = await GetAsync(id, cancellationToken);
        var (job, _) = await queue.EnqueueJobAsync(
            new EnqueueRequest { JobType = JobType.Scrape, ChannelId = id, Priority = channel.Priority }, cancellationToken);
        return job;
    }

    /// <summary>
    /// Ends the pause of the channel's source now, and lets what waited for it run. What the source has to say to that is
    /// its next refusal.
    /// </summary>
    /// <exception cref="UnknownIdException"/>
    public async Task<Channel> ResumeAsync(long id, CancellationToken cancellationToken = default)
    {
        await GetAsync(id, cancellationToken);
        var actor = Actor.Current;
        var now = time.GetUtcNow();
        var resumed = await writer.WriteAsync(
            async db =>
            {
                var paused = db.SourceStates.Where(s => s.ChannelId == id && s.PausedUntil != null && s.PausedUntil > now);
                if (await paused.AsNoTracking().FirstOrDefaultAsync() is not { } state)
                {
                    return null;
                }

                await paused.ExecuteUpdateAsync(set => set
                    .SetProperty(s => s.PausedUntil, (DateTimeOffset?)null).SetProperty(s => s.PauseReason, (string?)null).SetProperty(s => s.Refusals, 0));

                // Whatever of this channel waits without having failed, and no longer than the pause, waits for its end: other
                // snoozes that come due early with it look again for themselves.
                var waiting = db.Jobs.Where(j => j.ChannelId == id && j.Status == JobStatus.Retrying && j.WaitReason != null
                    && (j.JobType == JobType.Scrape || j.JobType == JobType.Download) && j.QueuedAt > now && j.QueuedAt <= state.PausedUntil);
                var first = await waiting.AsNoTracking().FirstOrDefaultAsync();
                await waiting.ExecuteUpdateAsync(set => set.SetProperty(j => j.QueuedAt, now).SetProperty(j => j.UpdatedAt, now));
                db.Note(actor, AuditAction.ResumeChannel, now, channelId: id, details: new { state.PauseReason });
                await db.SaveChangesAsync();
                return first;
            },
            cancellationToken);

        if (resumed is not null)
        {
            // Wakes the timer, which finds all of them due.
            resumed.QueuedAt = now;
            signals.RaiseRetrying(resumed);
        }

        return await GetAsync(id, cancellationToken);
    }

    private static async Task<Channel> FindAsync(IQueryable<Channel> channels, long id, CancellationToken cancellationToken) =>
        await channels.FirstOrDefaultAsync(c => c.Id == id && c.DeletedAt == null, cancellationToken)
        ?? throw new UnknownIdException("id", "channel", id);

    private async Task CancelJobsAsync(long channelId)
    {
        // To the end, even if the client hangs up; again for what a job that was completing meanwhile has added.
        var ofChannel = new JobSelection { Filter = new JobFilter { ChannelId = channelId } };
        while ((await queue.CancelJobsAsync(ofChannel, dryRun: false, CancellationToken.None)).Matched > 0)
        {
        }
    }

    private async Task<T> WriteAsync<T>(Func<PipelineDbContext, Task<T>> operation, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await writer.WriteAsync(operation, cancellationToken);
        }
        catch (Exception exception) when (UniqueViolation.Is(exception))
        {
            throw new ConflictException($"There is a channel with the name '{name}' already.");
        }
    }

    private void Apply(Channel wanted, Channel channel)
    {
        channel.Name = wanted.Name;
        channel.SourceKind = wanted.SourceKind;
        channel.SourceUrl = wanted.SourceUrl;
        channel.Rights = wanted.Rights;
        channel.Attribution = wanted.Attribution;
        channel.Profile = wanted.Profile;
        channel.TargetKind = wanted.TargetKind;
        channel.TargetPath = wanted.TargetPath;
        channel.YouTube = wanted.YouTube;
        channel.Cron = wanted.Cron;
        channel.Filters = wanted.Filters;
        channel.Priority = wanted.Priority;
        channel.AllowPrivateNetworks = wanted.AllowPrivateNetworks;
        channel.UpdatedAt = time.GetUtcNow();
    }
}
