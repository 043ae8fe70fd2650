using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.IntegrationTests.Conformance;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.ManyNodes;

/// <summary>
/// What is promised holds whatever dies: every job ends once, no effect twice, nobody late writes anything, the order is kept,
/// and no job waits for long for its dead holder. <c>tests/chaos.sh</c> runs it for longer.
/// </summary>
internal sealed class ChaosTests
{
    private const string MinutesVariable = "VIDEOPIPELINE_CHAOS_MINUTES";

    /// <summary>What waits must have been there for so long before a job that it outranks counts as having passed it.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    [Test]
    public async Task Killed_stopped_and_frozen_nodes_and_a_restarted_database_lose_and_repeat_nothing()
    {
        var minutes = double.TryParse(Environment.GetEnvironmentVariable(MinutesVariable), CultureInfo.InvariantCulture, out var given) ? given : 0;
        using var folder = new TemporaryFolder();
        await using var server = await PostgreSqlServer.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Storage:Mode"] = "PostgreSql",
            ["Storage:ConnectionString"] = await server.CreateDatabaseAsync("chaos"),
            ["DataDirectory"] = folder.NewFolder("data"),
        };
        await using var api = await QueueHost.StartAsync(WithoutWorkers(settings));
        await server.ExecuteAsync("chaos", "CREATE TABLE effects (id bigserial PRIMARY KEY, job_id bigint NOT NULL, token uuid NOT NULL, worker text NOT NULL)");

        await using var run = new ChaosRun(server, api, settings, TestSeed.NewRandom(), TestContext.Out);
        await run.RunAsync(atLeast: TimeSpan.FromMinutes(minutes), perRound: TimeSpan.FromMinutes(5));

        await using var db = await api.ReadAsync();
        var jobs = await db.Jobs.AsNoTracking().ToListAsync();
        var attempts = (await db.Attempts.AsNoTracking().OrderBy(attempt => attempt.Id).ToListAsync()).ToLookup(attempt => attempt.JobId);
        var effects = (await db.Database.SqlQuery<Effect>($"SELECT job_id, token, worker FROM effects").ToListAsync()).ToLookup(effect => effect.JobId);
        Assert.Multiple(() =>
        {
            Assert.That(jobs, Has.Count.EqualTo(run.Jobs));
            Assert.That(jobs.Select(job => job.Status), Is.All.EqualTo(JobStatus.Completed));
            AssertOneEffect(jobs, attempts, effects);
            AssertRescuedInTime(attempts, run.Deaths);
            AssertOrder(jobs, attempts);
        });
    }

    private static Dictionary<string, string?> WithoutWorkers(Dictionary<string, string?> settings)
    {
        var without = new Dictionary<string, string?>(settings) { ["DataDirectory"] = Path.Combine(settings["DataDirectory"]!, "api") };
        foreach (var jobType in JobTypes.All)
        {
            without[$"Workers:{jobType}"] = "0";
        }

        return without;
    }

    /// <summary>The effect is the one of the attempt that completed the job: of all other holders nothing was accepted.</summary>
    private static void AssertOneEffect(List<VideoProcessingJob> jobs, ILookup<long, JobAttempt> attempts, ILookup<long, Effect> effects)
    {
        foreach (var job in jobs)
        {
            var completed = attempts[job.Id].Where(attempt => attempt.Outcome == AttemptOutcome.Completed).ToList();
            Assert.That(completed, Has.Count.EqualTo(1), $"job {job.Id}: {string.Join(", ", attempts[job.Id].Select(attempt => attempt.Outcome))}");
            Assert.That(effects[job.Id].Select(effect => effect.Worker), Is.EqualTo(completed.Select(attempt => attempt.Worker)), $"job {job.Id}");
        }
    }

    private static void AssertRescuedInTime(ILookup<long, JobAttempt> attempts, IReadOnlyList<ChaosRun.Death> deaths)
    {
        var waits = new List<double>();
        foreach (var job in attempts)
        {
            foreach (var (lost, next) in job.Zip(job.Skip(1)).Where(pair => pair.First.Outcome == AttemptOutcome.Lost))
            {
                var node = lost.Worker!.Split('/')[0];
                var death = deaths.Where(death => death.Node == node && death.At > lost.StartedAt).Select(death => (DateTimeOffset?)death.At).FirstOrDefault();
                Assert.That(death, Is.Not.Null, $"job {job.Key} was taken from {lost.Worker}, which was alive");
                waits.Add((next.StartedAt - death!.Value).TotalSeconds);
            }
        }

        TestContext.Out.WriteLine(
            $"{waits.Count} attempts were lost; their jobs ran again at most {(waits.Count > 0 ? waits.Max() : 0):0.0} s after their holder's death");
        Assert.That(waits, Is.Not.Empty);
        Assert.That(waits, Is.All.LessThan(LongestWait.TotalSeconds));
    }

    private static void AssertOrder(List<VideoProcessingJob> jobs, ILookup<long, JobAttempt> attempts)
    {
        var starts = jobs.Select(job => (Job: job, FirstStart: attempts[job.Id].Min(attempt => attempt.StartedAt))).ToList();
        var overtaken = new List<string>();
        foreach (var ofType in starts.GroupBy(start => start.Job.JobType))
        {
            overtaken.AddRange(
                from started in ofType
                from waiting in ofType
                where waiting.Job.CreatedAt < started.FirstStart - Tolerance && waiting.FirstStart > started.FirstStart
                    && (waiting.Job.Priority > started.Job.Priority
                        || (waiting.Job.Priority == started.Job.Priority && waiting.Job.CreatedAt < started.Job.CreatedAt - Tolerance))
                select $"{started.Job.Id} (p{started.Job.Priority}) started at {started.FirstStart:mm:ss.fff} before {waiting.Job.Id} "
                    + $"(p{waiting.Job.Priority}), which waited since {waiting.Job.CreatedAt:mm:ss.fff} and started at {waiting.FirstStart:mm:ss.fff}");
        }

        Assert.That(overtaken, Is.Empty);
    }

    private sealed record Effect(long JobId, Guid Token, string Worker);
}
