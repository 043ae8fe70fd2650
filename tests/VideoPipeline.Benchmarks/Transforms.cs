using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;

namespace VideoPipeline.Benchmarks;

/// <summary>
/// <c>overhead</c>: seconds from enqueueing the transform of a clip to its completed row, beside the bare ffmpeg commands
/// that it ran. <c>conforming</c>: processor seconds (ours and our ffmpeg's) for a clip that already conforms, beside those
/// of the transcode that made it.
/// </summary>
internal static class Transforms
{
    private const int Rounds = 5;
    private const int ClipSeconds = 60;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static async Task<IReadOnlyList<Comparison>> CompareAsync(string folder)
    {
        var sources = Directory.CreateDirectory(Path.Combine(folder, "source")).FullName;
        Console.WriteLine($"transforms      making a clip of {ClipSeconds} s");
        await RunAsync(
            "ffmpeg",
            $"-v error -nostdin -f lavfi -i testsrc2=s=1280x720:r=30:d={ClipSeconds} -f lavfi -i sine=f=440:d={ClipSeconds} "
            + $"-c:v mpeg4 -q:v 4 -c:a libmp3lame -shortest \"{Path.Combine(sources, "clip.mkv")}\"");

        using var host = await EmbeddedHost.StartAsync(Path.Combine(folder, "data"), change: null, ("Workers:Transform", "1"));
        var queue = host.Services.GetRequiredService<QueueService>();

        // The chain would publish while the next round is measured.
        await queue.PauseAsync(JobType.Publish);
        var channels = host.Services.GetRequiredService<ChannelCatalog>();
        var channel = await channels.AddAsync(
            new ChannelRequest { Name = "Benchmark", Source = new ChannelSource { Kind = SourceKind.Folder, Url = sources } }, CancellationToken.None);

        var clip = await ScrapeAsync(queue, channels, channel.Id);
        var output = Path.Combine(folder, "data", "artifacts", $"{channel.Id}", $"{clip.VideoId}", "output.mp4");
        File.Copy(output, Path.Combine(sources, "conforming.mp4"));
        var conforming = await ScrapeAsync(queue, channels, channel.Id);

        List<double> service = [], bare = [], copied = [], encoded = [];
        for (var round = 1; round <= Rounds; round++)
        {
            // Whoever runs second in every round would always meet the warmer or the throttled processor.
            var bareSeconds = round % 2 == 0 ? await BareAsync(clip.Result!) : 0;
            var (seconds, processor, job) = await TransformAsync(queue, clip.VideoId!.Value);
            bareSeconds = round % 2 == 0 ? bareSeconds : await BareAsync(job.Result!);
            var (_, copyProcessor, _) = await TransformAsync(queue, conforming.VideoId!.Value);
            Console.WriteLine(
                $"transforms      round {round}: service {seconds:F2} s, bare ffmpeg {bareSeconds:F2} s; processor: conforming {copyProcessor:F2} s, transcode {processor:F2} s");
            service.Add(seconds);
            bare.Add(bareSeconds);
            copied.Add(copyProcessor);
            encoded.Add(processor);
        }

        await host.StopAsync();
        return
        [
            new("overhead", "s", service, bare, AtLeast: null, AtMost: 1.05),
            new("conforming", "cpu s", copied, encoded, AtLeast: null, AtMost: 0.1),
        ];
    }

    /// <summary>Scrapes, and waits for the transform of the one new video.</summary>
    private static async Task<VideoProcessingJob> ScrapeAsync(QueueService queue, ChannelCatalog channels, long channelId)
    {
        var transforms = new JobFilter { ChannelId = channelId, JobType = JobType.Transform, Status = JobStatus.Completed };
        var before = (await queue.GetJobsAsync(transforms)).Count;
        await channels.ScrapeAsync(channelId, CancellationToken.None);
        await EmbeddedHost.UntilAsync(async () => (await queue.GetJobsAsync(transforms)).Count > before, Interval);
        return (await queue.GetJobsAsync(transforms))[0];
    }

    private static async Task<(double Seconds, double Processor, VideoProcessingJob Job)> TransformAsync(QueueService queue, long videoId)
    {
        var processorBefore = ProcessorSeconds();
        var (job, _) = await queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Transform, VideoId = videoId });
        await EmbeddedHost.UntilAsync(async () => (await queue.GetJobAsync(job.Id))!.Status is JobStatus.Completed or JobStatus.Failed, Interval);
        var ended = (await queue.GetJobAsync(job.Id))!;
        return ended.Status == JobStatus.Completed
            ? ((ended.CompletedAt!.Value - job.QueuedAt).TotalSeconds, ProcessorSeconds() - processorBefore, ended)
            : throw new InvalidOperationException($"The transform failed: {ended.ErrorMessage}");
    }

    /// <summary>The commands of a transform's result, one after the other, writing where they wrote then.</summary>
    private static async Task<double> BareAsync(string result)
    {
        using var document = JsonDocument.Parse(result);
        var commands = document.RootElement.GetProperty("commands").EnumerateArray().Select(command => command.GetString()!).ToList();
        var folders = commands.SelectMany(command => command.Split('"'))
            .Where(Path.IsPathFullyQualified).Select(path => Path.GetDirectoryName(path)!).Where(folder => !Directory.Exists(folder)).Distinct().ToList();
        folders.ForEach(folder => Directory.CreateDirectory(folder));
        var watch = Stopwatch.StartNew();
        foreach (var command in commands)
        {
            var end = command.IndexOf(' ', StringComparison.Ordinal);
            await RunAsync(command[..end], command[end..]);
        }

        watch.Stop();
        folders.ForEach(folder => Directory.Delete(folder, recursive: true));
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task RunAsync(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {arguments} ended with {process.ExitCode}: {errors}");
        }
    }

    /// <summary>Of this process and of its children that have ended: proc_pid_stat(5), utime, stime, cutime and cstime.</summary>
    private static double ProcessorSeconds()
    {
        const double TicksPerSecond = 100;
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return Enumerable.Range(11, 4).Sum(field => double.Parse(fields[field])) / TicksPerSecond;
    }
}
