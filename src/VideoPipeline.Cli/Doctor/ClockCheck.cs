using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Cli.Doctor;

/// <summary>
/// Whether this machine's clock can be right: by that of the database server, or else by what was written before. Leases,
/// retries, schedules and certificates go by it.
/// </summary>
internal static class ClockCheck
{
    private const string Name = "clock";

    /// <summary>What two machines differ by that nobody has to mend.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>.NET 10, on which this runs, is from then.</summary>
    private static readonly DateTimeOffset Earliest = new(2025, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>By the clock of the database's server.</summary>
    public static async Task<Finding> OfServerAsync(PipelineDbContext db, TimeSpan lease, CancellationToken cancellationToken)
    {
        var before = TimeProvider.System.GetUtcNow();

        // Asked of the database: the providers translate it to its own clock, each in its way.
#pragma warning disable RS0030
        var there = await db.Database.SqlQueryRaw<int>("SELECT 1 AS \"Value\"").Select(_ => DateTime.UtcNow).SingleAsync(cancellationToken);
#pragma warning restore RS0030
        var after = TimeProvider.System.GetUtcNow();
        var time = new DateTimeOffset(DateTime.SpecifyKind(there, DateTimeKind.Utc));
        var apart = time < before ? before - time : time > after ? time - after : TimeSpan.Zero;
        var says = $"This machine's clock and the database's are {apart.TotalSeconds:0.0} s apart.";
        const string mend = "Synchronise both with NTP, such as by systemd-timesyncd or chrony.";
        return apart <= Tolerance ? Finding.Ok(Name, says)
            : apart < lease / 3 ? Finding.Warning(Name, says, mend)
            : Finding.Failed(Name, $"{says} Nodes would take each other's jobs for abandoned.", mend);
    }

    /// <summary>By the latest change of a job, which this machine's own clock has dated.</summary>
    public static async Task<Finding> OfFileAsync(PipelineDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var newest = await db.Jobs.OrderByDescending(job => job.UpdatedAt).Select(job => (DateTimeOffset?)job.UpdatedAt).FirstOrDefaultAsync(cancellationToken);

        // Afterwards: a service that runs may have written it just now.
        return Of(time.GetUtcNow(), newest);
    }

    /// <summary>By itself alone.</summary>
    public static Finding OfMachine(TimeProvider time) => Of(time.GetUtcNow(), newest: null);

    private static Finding Of(DateTimeOffset now, DateTimeOffset? newest)
    {
        const string mend = "Set it, and have it synchronised with NTP, such as by systemd-timesyncd or chrony.";
        var says = $"This machine's clock says {now:yyyy-MM-dd HH:mm:ss}Z";
        return now < Earliest ? Finding.Failed(Name, $"{says}, which has long passed.", mend)
            : newest - now > Tolerance ? Finding.Failed(
                Name, $"{says}, but a job was changed at {newest:yyyy-MM-dd HH:mm:ss}Z: until then what is queued now comes first, and retries are late.", mend)
            : Finding.Ok(Name, $"{says}{(newest is null ? "" : ", and nothing was written later")}.");
    }
}
