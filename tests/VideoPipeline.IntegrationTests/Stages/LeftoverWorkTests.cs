using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Database;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.IntegrationTests.Stages;

[Category(TestCategories.Heavy)]
public sealed class LeftoverWorkTests
{
    private StageBench _bench = null!;

    [SetUp]
    public async Task SetUp() => _bench = await StageBench.StartAsync();

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [Test]
    public async Task Leftovers_of_a_killed_process_are_gone_after_the_start()
    {
        var channel = await _bench.AddChannelAsync(channel => channel.TargetPath = Path.Combine(_bench.Root, "elsewhere"));
        var published = Path.Combine(_bench.Folders.Published, "Talks");
        string[] leftovers =
        [
            Path.Combine(published, ".A talk [1].mp4.partial"),
            Path.Combine(channel.TargetPath!, ".A talk [1].jpg.partial"),
            Path.Combine(_bench.Folders.Work, "job-1-x", "output.mp4"),
            Path.Combine(_bench.Folders.Artifacts, ".tmp", "x"),
        ];
        string[] kept =
        [
            Path.Combine(published, "A talk [1].mp4"),
            Path.Combine(channel.TargetPath!, ".other.partial"),
            Path.Combine(_bench.Folders.PartialDownloads, "1.part"),
            Path.Combine(_bench.Folders.Artifacts, "1", "1", "source.mp4"),
        ];
        foreach (var path in leftovers.Concat(kept))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "x");
        }

        await _bench.Get<LeftoverWork>().RemoveAsync(CancellationToken.None);

        Assert.That(leftovers.Where(File.Exists), Is.Empty);
        Assert.That(kept.Where(path => !File.Exists(path)), Is.Empty);
    }

    [Test]
    public async Task Partial_downloads_that_nobody_continues_are_removed_while_the_service_runs()
    {
        var downloads = Directory.CreateDirectory(_bench.Folders.PartialDownloads);
        var old = OldFile("1.part");
        var description = OldFile("1.json");
        var page = OldFile("2.ytdlp", "source.part");
        var continued = OldFile("3.part");
        var lockOfPage = OldFile("4.ytdlp", ".lock");
        await using var held = new FileStream(continued, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        await using var heldPage = new FileStream(lockOfPage, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var leftovers = new LeftoverWork(
            _bench.Folders,
            _bench.Store,
            _bench.Get<IDbContextFactory<PipelineDbContext>>(),
            _bench.Get<IOptions<StorageOptions>>(),
            time,
            NullLogger<LeftoverWork>.Instance);

        await leftovers.StartAsync(CancellationToken.None);
        Assert.That(new[] { old, page }, Has.All.Exist, "not yet");
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromDays(1));
                return !File.Exists(old) && !Directory.Exists(Path.GetDirectoryName(page));
            },
            "they are removed");
        await leftovers.StopAsync(CancellationToken.None);

        Assert.That(description, Does.Not.Exist);
        Assert.That(new[] { continued, lockOfPage }, Has.All.Exist);

        string OldFile(params string[] names)
        {
            var path = Path.Combine([downloads.FullName, .. names]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "x");
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().AddDays(-6.5).UtcDateTime);
            return path;
        }
    }

    [Test]
    [Platform("Linux")]
    public async Task An_ffmpeg_that_a_killed_process_has_left_is_ended()
    {
        using var ours = await StandStillAsync(_bench.Folders.Work);
        using var foreign = await StandStillAsync(Path.Combine(_bench.Root, "other"));
        try
        {
            await _bench.Get<LeftoverWork>().RemoveAsync(CancellationToken.None);

            Assert.That((ours.HasExited, foreign.HasExited), Is.EqualTo((true, false)));
        }
        finally
        {
            foreign.Kill();
        }
    }

    /// <summary>An ffmpeg that waits for ever, on a pipe that nobody writes to.</summary>
    private static async Task<Process> StandStillAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var pipe = Path.Combine(folder, "pipe.avi");
        await TestMedia.RunAsync("mkfifo", pipe);
        return Process.Start("ffmpeg", Ffmpeg.Arguments(pipe, "-", output => output.WithCustomArgument("-f null")));
    }
}
