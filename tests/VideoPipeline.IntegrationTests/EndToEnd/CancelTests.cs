using VideoPipeline.IntegrationTests.Stages;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>An operator's cancel stops what runs, soon and without a trace.</summary>
internal sealed class CancelTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Test]
    public async Task A_cancelled_transform_ends_its_ffmpeg_and_can_be_retried_and_cancelled_again()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        var file = await GeneratedVideo.LongAsync(source, "long.avi");
        await using var server = await ServerProcess.StartAsync(data.Path);
        var api = new ServiceApi(server.HttpClient);
        var (video, _) = await api.AddVideoAsync(await api.AddChannelAsync("cancelled", source), file);
        var transform = Id(await api.UntilStageAsync(video, "transform", "processing"));

        for (var round = 1; round <= 2; round++)
        {
            await api.UntilAsync(transform, job => Text(job, "status") == "processing" && job.GetProperty("progress").GetDouble() > 1, "it makes progress");
            Assert.That(OperatingSystemProcess.MediaProgramsOn(data.Path), Is.Not.Empty);

            var cancelled = await api.PostAsync($"/api/jobs/{transform}/cancel");
            Assert.That(Text(cancelled, "status"), Is.EqualTo("cancelled"));
            await Eventually.TrueAsync(() => OperatingSystemProcess.MediaProgramsOn(data.Path).Count == 0, "its ffmpeg has ended", Limit);
            await Eventually.TrueAsync(() => data.Work().Count == 0, "its folder is gone", Limit);

            var job = await api.JobAsync(transform);
            Assert.That((Text(job, "status"), Number(job, "attempts")), Is.EqualTo(("cancelled", 1L)));
            Assert.That(job.GetProperty("history").EnumerateArray().Select(attempt => Text(attempt, "outcome")), Is.EqualTo(Enumerable.Repeat("cancelled", round)));
            if (round == 1)
            {
                await api.PostAsync($"/api/jobs/{transform}/retry");
            }
        }

        Assert.That((await api.JobsAsync($"videoId={video}")).Select(job => Text(job, "jobType")), Is.EqualTo(new[] { "download", "transform" }));
    }

    [Test]
    public async Task A_cancelled_download_lets_its_server_go()
    {
        using var folder = new TemporaryFolder();
        await using var files = await FileServer.StartAsync(new byte[1_000_000]);
        files.FallSilentAfter.Enqueue(500_000);
        var data = new DataFolder(folder.NewFolder("data"));
        await using var server = await ServerProcess.StartAsync(data.Path);
        var api = new ServiceApi(server.HttpClient);
        var (_, download) = await api.AddVideoAsync(await api.AddChannelAsync("cancelled", folder.NewFolder("source")), files.Url().AbsoluteUri);
        await api.UntilAsync(download, job => job.GetProperty("progress").GetDouble() > 40, "it shows how far it is, though the server is silent");
        Assert.That(files.Silent, Is.EqualTo(1));

        await api.PostAsync($"/api/jobs/{download}/cancel");

        await Eventually.TrueAsync(() => files.Silent == 0, "the connection is closed", Limit);
        await Eventually.TrueAsync(() => data.Work().Count == 0, "its folder is gone", Limit);
        Assert.That(Text(await api.JobAsync(download), "status"), Is.EqualTo("cancelled"));
    }
}
