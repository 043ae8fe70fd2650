using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;

namespace VideoPipeline.Stages.YouTube;

/// <summary>
/// Counts in the database what is spent of YouTube's quota, for all workers and nodes together. A call is paid for before it
/// is made: a process that dies in between has spent too much in our books, never too little.
/// </summary>
public sealed class QuotaLedger(RowWriter writer, IDbContextFactory<PipelineDbContext> contexts, IOptions<YouTubeOptions> options, TimeProvider time)
{
    // Google's renewal may be a little late, and so may clocks be.
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(15);

    /// <summary>Pays for one call.</summary>
    /// <param name="bucket"><see cref="YouTubeQuota.Units"/> or <see cref="YouTubeQuota.Uploads"/>.</param>
    /// <exception cref="SnoozeException">Not enough is left today; nothing was spent.</exception>
    public async Task SpendAsync(string bucket, int cost, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await writer.WriteAsync(db => TrySpendAsync(db, bucket, cost), cancellationToken) is not { } used)
                {
                    return;
                }

                // Else the row was made between the look for one to add to and the look at what is used: there is one now.
                if (used + cost > LimitOf(bucket))
                {
                    throw Exhausted(bucket, used, cost);
                }
            }
            catch (Exception exception) when (UniqueViolation.Is(exception))
            {
                // Another node has made the row in this moment: now there is one to add to.
            }
        }
    }

    /// <summary>Spends nothing; for what is begun only if all of it can be paid for.</summary>
    /// <exception cref="PermanentFailureException">No day has so much: waiting doesn't help.</exception>
    /// <exception cref="SnoozeException">Not so much is left today.</exception>
    public async Task RequireAsync(string bucket, int cost, CancellationToken cancellationToken)
    {
        if (cost > LimitOf(bucket))
        {
            throw new PermanentFailureException(
                $"This takes {cost} {NameOf(bucket)} of the YouTube quota, and {SettingOf(bucket)} allows {LimitOf(bucket)} a day. "
                    + "Nothing was begun. Raise the setting if the project has more, or ask for less (playlists, thumbnail), then retry the job.");
        }

        var used = await UsedAsync(bucket, cancellationToken);
        if (used + cost > LimitOf(bucket))
        {
            throw Exhausted(bucket, used, cost);
        }
    }

    /// <summary>How much of today's has been spent.</summary>
    public async Task<int> UsedAsync(string bucket, CancellationToken cancellationToken)
    {
        var today = Today();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.YouTubeQuotas.Where(q => q.Bucket == bucket && q.Day >= today).Select(q => q.Used).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>What is spent of today's, and what is closed.</summary>
    public async Task<QuotaOverview> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = Today();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.YouTubeQuotas.AsNoTracking().Where(q => q.Day >= today || q.ClosedUntil > now).ToListAsync(cancellationToken);
        var closed = rows.Where(row => row.ClosedUntil > now).ToDictionary(row => row.Bucket[(YouTubeQuota.UploadLimitOf("").Length)..], row => row.ClosedUntil!.Value);
        return new(UsedOf(YouTubeQuota.Units), options.Value.DailyUnits, UsedOf(YouTubeQuota.Uploads), options.Value.DailyUploads, PacificDay.EndOf(now), closed);

        int UsedOf(string bucket) => rows.FirstOrDefault(row => row.Bucket == bucket && row.Day >= today)?.Used ?? 0;
    }

    /// <summary>
    /// Google says that nothing is left: other programs use the project too, or its quota is another than the settings say.
    /// </summary>
    /// <returns>To be thrown by the caller.</returns>
    public async Task<SnoozeException> CloseTodayAsync(string bucket, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - PacificDay.BeginningOf(now) < Renewal)
        {
            // That was about yesterday's, in all likelihood: today has only just begun.
            var again = now + Renewal;
            return new SnoozeException($"YouTube says that the {NameOf(bucket)} are used up, though they should have been renewed a moment ago. It is asked again at {again:u}.", again);
        }

        await ChangeAsync(bucket, row => row.Used = Math.Max(row.Used, LimitOf(bucket)), cancellationToken);
        var until = PacificDay.EndOf(now);
        return new SnoozeException($"YouTube says that today's {NameOf(bucket)} are used up. They are renewed at midnight Pacific time, {until:u}.", until);
    }

    /// <summary>The channel's own limit on uploads is reached: its other uploads wait as well.</summary>
    /// <returns>To be thrown by the caller.</returns>
    public async Task<SnoozeException> CloseUploadsAsync(string account, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + options.Value.UploadLimitPause;
        await ChangeAsync(YouTubeQuota.UploadLimitOf(account), row => row.ClosedUntil = until, cancellationToken);
        return UploadLimit(account, until);
    }

    /// <exception cref="SnoozeException">The channel's own limit on uploads was reached a short time ago.</exception>
    public async Task RequireUploadsOpenAsync(string account, CancellationToken cancellationToken)
    {
        var bucket = YouTubeQuota.UploadLimitOf(account);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var until = await db.YouTubeQuotas.Where(q => q.Bucket == bucket).Select(q => q.ClosedUntil).FirstOrDefaultAsync(cancellationToken);
        if (until > time.GetUtcNow())
        {
            throw UploadLimit(account, until.Value);
        }
    }

    /// <returns>Null when it was spent, else what has been spent already.</returns>
    private async Task<int?> TrySpendAsync(PipelineDbContext db, string bucket, int cost)
    {
        var today = Today();
        var limit = LimitOf(bucket);
        var rows = db.YouTubeQuotas.Where(q => q.Bucket == bucket);

        // One statement each, so that two nodes can't both take the rest. Days are compared with "at least": a clock that is
        // set back must not renew anything. The first call of a day is always allowed, however small the limit.
        var open = rows.Where(q => q.Day >= today && (q.Used + cost <= limit || q.Used == 0));
        var ofAnotherDay = rows.Where(q => q.Day < today);
        if (await open.ExecuteUpdateAsync(set => set.SetProperty(q => q.Used, q => q.Used + cost)) > 0
            || await ofAnotherDay.ExecuteUpdateAsync(set => set.SetProperty(q => q.Day, today).SetProperty(q => q.Used, cost)) > 0)
        {
            return null;
        }

        if (await rows.AsNoTracking().Select(q => (int?)q.Used).FirstOrDefaultAsync() is { } used)
        {
            return used;
        }

        db.YouTubeQuotas.Add(new() { Bucket = bucket, Day = today, Used = cost });
        await db.SaveChangesAsync();
        return null;
    }

    private async Task ChangeAsync(string bucket, Action<YouTubeQuota> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await writer.WriteAsync(
                    async db =>
                    {
                        var today = Today();
                        var row = await db.YouTubeQuotas.AsTracking().FirstOrDefaultAsync(q => q.Bucket == bucket);
                        if (row is null)
                        {
                            db.YouTubeQuotas.Add(row = new() { Bucket = bucket, Day = today });
                        }
                        else if (row.Day < today)
                        {
                            row.Day = today;
                            row.Used = 0;
                        }

                        change(row);
                        await db.SaveChangesAsync();
                    },
                    cancellationToken);
                return;
            }
            catch (Exception exception) when (UniqueViolation.Is(exception))
            {
                // As in SpendAsync.
            }
        }
    }

    private SnoozeException Exhausted(string bucket, int used, int cost)
    {
        var until = PacificDay.EndOf(time.GetUtcNow());
        return new SnoozeException(
            $"The YouTube quota doesn't suffice: {used} of today's {LimitOf(bucket)} {NameOf(bucket)} are used, and {cost} more are needed. "
                + $"It is renewed at midnight Pacific time, {until:u}.",
            until);
    }

    private static SnoozeException UploadLimit(string account, DateTimeOffset until) => new(
        $"The YouTube channel {account} has reached its own limit on uploads (uploadLimitExceeded). The next one is tried at {until:u}.", until);

    private int LimitOf(string bucket) => bucket == YouTubeQuota.Uploads ? options.Value.DailyUploads : options.Value.DailyUnits;

    private static string SettingOf(string bucket) =>
        $"VideoPipeline__YouTube__{(bucket == YouTubeQuota.Uploads ? nameof(YouTubeOptions.DailyUploads) : nameof(YouTubeOptions.DailyUnits))}";

    private static string NameOf(string bucket) => bucket == YouTubeQuota.Uploads ? "uploads" : "units";

    private int Today() => PacificDay.Of(time.GetUtcNow()).DayNumber;
}

/// <summary>How YouTube's limits stand.</summary>
/// <param name="RenewedAt">When units and uploads are renewed.</param>
/// <param name="ClosedUploads">YouTube channels that have reached their own limit on uploads, and until when they are left alone.</param>
public sealed record QuotaOverview(
    int Units, int MaxUnits, int Uploads, int MaxUploads, DateTimeOffset RenewedAt, IReadOnlyDictionary<string, DateTimeOffset> ClosedUploads);
