using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Catalog;
using VideoPipeline.Cli.Doctor;
using VideoPipeline.Jobs;
using VideoPipeline.Tests.Database;

namespace VideoPipeline.Tests.Cli;

/// <summary>What the doctor says of the clock where no server has one to compare it with.</summary>
public sealed class ClockCheckTests
{
    private static readonly DateTimeOffset Written = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [TestCase(0, nameof(FindingState.Ok))]
    [TestCase(3600, nameof(FindingState.Ok))]
    [TestCase(-0.5, nameof(FindingState.Ok))]
    [TestCase(-5, nameof(FindingState.Failed))]
    [TestCase(-3600, nameof(FindingState.Failed))]
    public async Task A_clock_behind_what_was_written_is_wrong(double seconds, string state)
    {
        using var database = await SqliteFile.CreateAsync();
        await using var db = database.CreateDbContext();
        var channel = db.Channels.Add(new Channel { Name = "a", SourceUrl = "/", Profile = "default", CreatedAt = Written, UpdatedAt = Written }).Entity;
        await db.SaveChangesAsync();
        db.Jobs.AddRange(new[] { -60, 0 }.Select(age => new VideoProcessingJob
        {
            ChannelId = channel.Id,
            JobType = JobType.Scrape,
            Status = JobStatus.Completed,
            MaxAttempts = 3,
            QueuedAt = Written,
            CreatedAt = Written,
            UpdatedAt = Written.AddSeconds(age),
        }));
        await db.SaveChangesAsync();

        var finding = await ClockCheck.OfFileAsync(db, new FakeTimeProvider(Written.AddSeconds(seconds)), CancellationToken.None);

        Assert.That((finding.Name, finding.State.ToString(), finding.Mend is null), Is.EqualTo(("clock", state, state == nameof(FindingState.Ok))));
    }

    [Test]
    public async Task Without_a_job_it_goes_by_the_machine_alone()
    {
        using var database = await SqliteFile.CreateAsync();
        await using var db = database.CreateDbContext();

        Assert.That((await ClockCheck.OfFileAsync(db, new FakeTimeProvider(Written), CancellationToken.None)).State, Is.EqualTo(FindingState.Ok));
    }

    [TestCase("1970-01-01T00:00:10Z", nameof(FindingState.Failed))]
    [TestCase("2024-06-01T00:00:00Z", nameof(FindingState.Failed))]
    [TestCase("2026-06-01T00:00:00Z", nameof(FindingState.Ok))]
    public void A_clock_that_was_reset_is_wrong(DateTimeOffset now, string state) =>
        Assert.That(ClockCheck.OfMachine(new FakeTimeProvider(now)).State.ToString(), Is.EqualTo(state));
}
