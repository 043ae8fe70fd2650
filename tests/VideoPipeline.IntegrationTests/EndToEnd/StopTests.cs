using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.IntegrationTests.Stages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>A service that is asked to stop gives its running jobs back, and the next start completes them.</summary>
internal sealed class StopTests
{
    [Test]
    public async Task Running_jobs_are_given_back_and_completed_by_the_next_start()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        var local = Path.Combine(source, "vtest.avi");
        File.Copy(TestMedia.Sample("vtest.avi"), local);
        await using var files = await FileServer.StartAsync(await File.ReadAllBytesAsync(TestMedia.Sample("balle-jbart.mp4")));
        files.FallSilentAfter.Enqueue(500_000);
        long download;
        long transform;
        await using (var first = await ServerProcess.StartAsync(data.Path))
        {
            var api = new ServiceApi(first.HttpClient);
            var channel = await api.AddChannelAsync("stopped", source);
            var (video, _) = await api.AddVideoAsync(channel, local);
            (_, download) = await api.AddVideoAsync(channel, files.Url().AbsoluteUri);
            transform = ServiceApi.Id(await api.UntilStageAsync(video, "transform", "processing"));
            await api.UntilAsync(transform, job => job.GetProperty("progress").GetDouble() > 1, "it makes progress");
            await api.UntilAsync(download, "processing");

            var watch = Stopwatch.StartNew();
            var exitCode = await first.StopAsync();
            TestContext.Out.WriteLine($"Stopped within {watch.Elapsed.TotalMilliseconds:0} ms");
            Assert.That(exitCode, Is.Zero, first.Output);
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        }

        data.AssertNoLeftovers();
        await using (var db = data.Open())
        {
            var rows = await db.Jobs.Where(j => j.Id == download || j.Id == transform).ToListAsync();
            Assert.That(rows.Select(row => (row.Status, row.Attempts, row.LeaseToken)), Is.All.EqualTo((JobStatus.Queued, 0, (Guid?)null)));
            var attempts = await db.Attempts.Where(a => a.JobId == download || a.JobId == transform).Select(a => a.Outcome).ToListAsync();
            Assert.That(attempts, Is.EqualTo(new[] { AttemptOutcome.GivenBack, AttemptOutcome.GivenBack }));
        }

        await using var second = await ServerProcess.StartAsync(data.Path);
        var again = new ServiceApi(second.HttpClient);
        await again.UntilIdleAsync(TimeSpan.FromSeconds(60));
        var jobs = await again.JobsAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(jobs.Select(job => ServiceApi.Text(job, "status")), Is.All.EqualTo("completed"));
            Assert.That(jobs.Select(job => (ServiceApi.Number(job, "attempts"), ServiceApi.Number(job, "lostAttempts"))), Is.All.EqualTo((1L, 0L)));
            Assert.That(files.Ranges.Last(), Does.StartWith("bytes="), "the transfer went on where it was");
        }
    }
}
