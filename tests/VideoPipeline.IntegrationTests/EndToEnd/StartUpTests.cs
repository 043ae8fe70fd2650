using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.IntegrationTests.Stages;
using VideoPipeline.Jobs;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>A backlog costs neither time at the start nor memory.</summary>
internal sealed class StartUpTests
{
    private const int Backlog = 100_000;
    private const int Real = 5;
    private const double MaxMemory = 300;
    private static readonly TimeSpan MaxStart = TimeSpan.FromSeconds(5);

    [Test]
    public async Task A_hundred_thousand_waiting_jobs_neither_slow_the_start_nor_fill_the_memory()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var sample = Path.Combine(folder.NewFolder("source"), "real.ogv");
        File.Copy(TestMedia.Sample("Effet_force_magnetique.ogv"), sample);
        await FillAsync(data, folder.Of("source"), sample);

        var watch = Stopwatch.StartNew();
        await using var server = await ServerProcess.StartAsync(data.Path);
        var api = new ServiceApi(server.HttpClient);
        await api.GetAsync("/health/ready");
        var start = watch.Elapsed;
        var atStart = OperatingSystemProcess.PeakMemory(server.Id);

        // All is paused: nothing may happen, and nothing may pile up.
        await Eventually.PassAsync(TimeSpan.FromSeconds(3));
        var paused = OperatingSystemProcess.PeakMemory(server.Id);
        var queue = await api.GetAsync("/api/queue");
        Assert.That((Number(queue, "queued"), Number(queue, "processing")), Is.EqualTo(((long)Backlog, 0L)));

        // The real ones go first; of the others there is no file, so they fail, faster than anything else could end.
        await api.PostAsync("/api/queue/resume", new { jobType = "download" });
        await Eventually.TrueAsync(async () => Number(await api.GetAsync("/api/statistics?jobType=download"), "failed") > 500, "many jobs have run");
        var afterwards = OperatingSystemProcess.PeakMemory(server.Id);
        var completed = await api.JobsAsync("status=completed");

        TestContext.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Ready after {start.TotalSeconds:0.00} s; peak memory {atStart:0} MiB at the start, {paused:0} after 3 s of pause, {afterwards:0} at work"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(start, Is.LessThan(MaxStart));
            Assert.That(new[] { atStart, paused, afterwards }, Is.All.LessThan(MaxMemory));
            Assert.That(completed.Select(job => Number(job, "priority")), Is.EqualTo(Enumerable.Repeat((long)VideoProcessingJob.MaxPriority, Real)));
        }
    }

    /// <summary>A channel with so many videos, each of which waits for its download, and a pause of what they go through.</summary>
    private static async Task FillAsync(DataFolder data, string source, string sample)
    {
        await using var db = data.Open();
        await SqliteDatabase.MigrateAsync(db, CancellationToken.None);
        var now = TimeProvider.System.GetUtcNow();
        var channel = new Channel { Name = "backlog", SourceUrl = source, Profile = "default", CreatedAt = now, UpdatedAt = now };
        db.Channels.Add(channel);
        db.Pauses.AddRange(
            new() { Scope = JobType.Download.Name(), PausedAt = now },
            new() { Scope = JobType.Transform.Name(), PausedAt = now });
        await db.SaveChangesAsync();
        var ids = Enumerable.Range(1, Real + 1).ToList();
        db.Videos.AddRange(ids.Select(id => new Video
        {
            Id = id,
            ChannelId = channel.Id,
            ExternalId = $"{id}",
            Url = id <= Real ? sample : Path.Combine(source, "missing.mp4"),
            Title = $"video {id}",
            CreatedAt = now,
            UpdatedAt = now,
        }));
        db.Jobs.AddRange(ids.Select(id => new VideoProcessingJob
        {
            Id = id,
            ChannelId = channel.Id,
            VideoId = id,
            JobType = JobType.Download,
            Status = JobStatus.Queued,
            Priority = id <= Real ? VideoProcessingJob.MaxPriority : VideoProcessingJob.DefaultPriority,
            MaxAttempts = 1,
            QueuedAt = now,
            CreatedAt = now,
            UpdatedAt = now,
        }));
        await db.SaveChangesAsync();

        // The rest are like the last one. A hundred thousand entities would take longer than the test itself.
        await MultiplyAsync<Video>(db, ("id", "n"), ("external_id", "n"));
        await MultiplyAsync<VideoProcessingJob>(db, ("id", "n"), ("video_id", "n"), ("priority", "n % 10"));
    }

    /// <summary>Repeats the last row until there are enough.</summary>
    /// <param name="different">Columns in which the rows differ, as an expression of their number n.</param>
    private static async Task MultiplyAsync<T>(PipelineDbContext db, params (string Column, string Value)[] different)
        where T : class
    {
        var rows = db.Model.FindEntityType(typeof(T))!;
        var columns = rows.GetProperties().Select(property => property.GetColumnName()).ToList();
        var values = columns.Select(column => different.FirstOrDefault(pair => pair.Column == column).Value ?? column);
        var copy =
            $"""
             WITH RECURSIVE numbers(n) AS (SELECT {Real + 2} UNION ALL SELECT n + 1 FROM numbers WHERE n < {Backlog})
             INSERT INTO {rows.GetTableName()} ({string.Join(", ", columns)})
             SELECT {string.Join(", ", values)} FROM numbers, {rows.GetTableName()} WHERE id = {Real + 1}
             """;
        await db.Database.ExecuteSqlRawAsync(copy);
    }
}
