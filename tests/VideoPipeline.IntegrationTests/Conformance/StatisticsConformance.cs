using System.Text;
using Prometheus;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>What is counted, on every storage: over time, and for Prometheus.</summary>
internal abstract class StatisticsConformance(TestStorage storage) : QueueFixture(storage)
{
    [Test]
    public async Task What_happened_to_jobs_is_in_the_history_and_in_the_metrics()
    {
        var failures = 1;
        await using var host = await StartAsync((context, _) => context.Job.JobType == JobType.Download
            ? throw new PermanentFailureException("no")
            : context.Job.JobType == JobType.Publish && Interlocked.Decrement(ref failures) >= 0
                ? throw new InvalidOperationException("once more")
                : Task.FromResult(Success));
        await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Completed);
        await host.UntilAsync((await host.EnqueueAsync(JobType.Download)).Id, JobStatus.Failed);
        await host.Queue.PauseAsync(JobType.Transform);
        await host.EnqueueAsync(JobType.Transform, priority: 7);

        StatisticsHistory all;
        StatisticsHistory downloads;
        await using (var db = await host.ReadAsync())
        {
            var now = TimeProvider.System.GetUtcNow();
            all = await StatisticsHistory.ReadAsync(db, new(Bucket: HistoryBucket.Minute), now, CancellationToken.None);
            downloads = await StatisticsHistory.ReadAsync(db, new(JobType.Download), now, CancellationToken.None);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That((all.Items.Sum(item => item.Completed), all.Items.Sum(item => item.Failed)), Is.EqualTo((1, 1)));
            Assert.That(all.Items.Single(item => item.Completed > 0).P95WaitTime, Is.Not.Null);
            Assert.That((downloads.Items.Sum(item => item.Completed), downloads.Items.Sum(item => item.Failed)), Is.EqualTo((0, 1)));
        }

        var metrics = await MetricsAsync(host);
        using (Assert.EnterMultipleScope())
        {
            foreach (var line in new[]
            {
                "videopipeline_database_up 1",
                """videopipeline_jobs{job_type="publish",status="completed"} 1""",
                """videopipeline_jobs{job_type="download",status="failed"} 1""",
                """videopipeline_jobs{job_type="scrape",status="queued"} 0""",
                """videopipeline_queue_length{job_type="transform",priority="7"} 1""",
                """videopipeline_queue_paused{job_type="transform"} 1""",
                """videopipeline_queue_paused{job_type="publish"} 0""",
                """videopipeline_job_processing_seconds_count{job_type="publish",outcome="completed"} 1""",
                """videopipeline_job_wait_seconds_count{job_type="publish",outcome="retrying"} 1""",
                """videopipeline_job_processing_seconds_count{job_type="download",outcome="failed"} 1""",
                """videopipeline_job_retries_total{job_type="publish"} 1""",
                """videopipeline_job_rescues_total{job_type="publish"} 0""",
                """videopipeline_workers_busy{job_type="publish"} 0""",
                "videopipeline_nodes 1",
            })
            {
                Assert.That(metrics, Does.Contain(line));
            }

            Assert.That(metrics, Has.Some.StartsWith("videopipeline_disk_free_bytes "));
            Assert.That(metrics, Has.Some.StartsWith("process_cpu_seconds_total "));
            Assert.That(double.Parse(metrics.Single(line => line.StartsWith("""videopipeline_queue_oldest_seconds{job_type="transform"}""", StringComparison.Ordinal)).Split(' ')[1]), Is.GreaterThan(0));
        }
    }

    private static async Task<string[]> MetricsAsync(QueueHost host)
    {
        using var text = new MemoryStream();
        await host.Service<CollectorRegistry>().CollectAndExportAsTextAsync(text);
        return Encoding.UTF8.GetString(text.ToArray()).Split('\n');
    }
}
