using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.IntegrationTests.Stages;

/// <summary>
/// Machines that run tests mostly have no encoder besides the processor. Where one must be there, a program called ffmpeg
/// stands in for it: it runs the real one with x264 in the device's place.
/// </summary>
[Category(TestCategories.Heavy)]
public sealed class HardwareEncoderTests
{
    private const string Works = "exec ffmpeg \"${arguments[@]}\"";
    private const string DiesInTheMiddle = "[[ ${arguments[*]} == *testsrc2* ]] || { ffmpeg -t 0.5 \"${arguments[@]}\"; echo 'the device is lost' >&2; exit 1; }\nexec ffmpeg \"${arguments[@]}\"";

    private StageBench _bench = null!;
    private string _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("vp-encoders-").FullName;

    [TearDown]
    public async Task TearDown()
    {
        await _bench.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase("Nvenc", "h264_nvenc")]
    [TestCase("Auto", "h264_nvenc")]
    [TestCase("Software", "libx264")]
    public async Task A_device_is_used_where_it_is_asked_for(string asked, string used)
    {
        var result = await TransformAsync(asked, Works);

        Assert.That(result.GetProperty("encoder").GetString(), Is.EqualTo(used));
        var (detail, warning) = await _bench.Get<HardwareEncoders>().DescribeAsync(CancellationToken.None);
        Assert.That(detail, Is.EqualTo(asked == "Software" ? "Software; no profile asks for another." : "hard: h264_nvenc"));
        Assert.That(warning, Is.Null);
    }

    [Test]
    public async Task Software_takes_over_when_a_device_fails_in_the_middle()
    {
        var result = await TransformAsync("Nvenc", DiesInTheMiddle);

        Assert.That(result.GetProperty("encoder").GetString(), Is.EqualTo("libx264"));
        Assert.That(result.GetProperty("durationSeconds").GetDouble(), Is.EqualTo(2).Within(0.1));
        var (detail, warning) = await _bench.Get<HardwareEncoders>().DescribeAsync(CancellationToken.None);
        Assert.That(detail, Is.EqualTo("hard: h264_nvenc"), "the next video may have it");
        Assert.That(warning, Does.Contain("Nvenc failed at ").And.Contain("software did it").And.Contain("the device is lost"));
    }

    [Test]
    public async Task Software_does_it_where_there_is_no_device()
    {
        // This ffmpeg has no encoder of Apple's, whatever the machine has.
        var result = await TransformAsync("VideoToolbox", "exec ffmpeg \"$@\"");

        Assert.That(result.GetProperty("encoder").GetString(), Is.EqualTo("libx264"));
        var (detail, warning) = await _bench.Get<HardwareEncoders>().DescribeAsync(CancellationToken.None);
        Assert.That(detail, Is.EqualTo("hard: libx264"));
        Assert.That(warning, Does.StartWith("VideoToolbox for hard doesn't work here, software does it: "));
    }

    private async Task<JsonElement> TransformAsync(string asked, string body)
    {
        await WriteProgramAsync("ffprobe", "exec ffprobe \"$@\"");
        await WriteProgramAsync("ffmpeg", $$"""
            if [[ $* == *h264_nvenc* ]]; then
              arguments=()
              while (($# > 0)); do
                case $1 in
                  h264_nvenc) arguments+=(libx264) ;;
                  -preset) arguments+=(-preset ultrafast); shift ;;
                  -rc | -cq) shift ;;
                  -b:v) shift ;;
                  *) arguments+=("$1") ;;
                esac
                shift
              done
              {{body}}
            fi
            exec ffmpeg "$@"
            """);
        _bench = await StageBench.StartAsync(("Profiles:hard:Encoder", asked), ("Ffmpeg:BinaryFolder", _folder));
        var clip = await TestMedia.MakeAsync(_folder, "clip.avi", "-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 -c:v mpeg4");
        var video = await _bench.TransformedAsync(clip, change: channel => channel.Profile = "hard");
        await using var db = _bench.Database();
        var job = await db.Jobs.SingleAsync(j => j.VideoId == video.Id && j.JobType == JobType.Transform);
        return JsonDocument.Parse(job.Result!).RootElement;
    }

    private async Task WriteProgramAsync(string name, string body)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, $"#!/usr/bin/env bash\n{body}\n");
        await TestMedia.RunAsync("chmod", $"u+x {path}");
    }
}
