using Microsoft.Playwright;
using VideoPipeline.IntegrationTests.Deploy;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Stages;

namespace VideoPipeline.IntegrationTests.Browser;

/// <summary>
/// Makes the pictures of the documentation, when asked to:
/// <c>dotnet test tests/VideoPipeline.IntegrationTests --filter FullyQualifiedName~PicturesOfThePages</c>.
/// </summary>
[Explicit("It writes into docs/images.")]
[Category(TestCategories.Explicit)]
internal sealed class PicturesOfThePages : BrowserTests
{
    [Test]
    public async Task Board_queue_and_video()
    {
        var folder = PageServer.Folder.NewFolder("pictures");
        foreach (var (sample, title) in new[] { ("balle-jbart.mp4", "A ball in free fall"), ("Effet_force_magnetique.ogv", "The magnetic force"), ("Megamind.avi", "A trailer"), ("truncated.mp4", "Cut off while uploading") })
        {
            File.Copy(TestMedia.Sample(sample), Path.Combine(folder, title + Path.GetExtension(sample)));
        }

        var channel = await Api.AddChannelAsync("Lectures", folder);
        await Api.PostAsync("/api/queue/pause", new { jobType = "publish", reason = "the disk is being changed" });
        await Api.PostAsync($"/api/channels/{channel}/scrape");
        await Eventually.TrueAsync(
            async () => (await Api.JobsAsync($"channelId={channel}&jobType=publish")).Count == 3 && (await Api.JobsAsync($"channelId={channel}&status=failed")).Count == 1,
            "every video waits or has failed",
            TimeSpan.FromMinutes(2));
        var (video, _) = await Api.AddVideoAsync(channel, await GeneratedVideo.LongAsync(folder, "The whole evening.mp4"));
        await Api.UntilStageAsync(video, "transform", "processing");
        var images = Path.Combine(CommandLine.Repository, "docs", "images");

        await GoAsync("/");

        // Until it has a while behind it, its speed and what is left are guesses.
        await Eventually.TrueAsync(
            async () => await Page.Locator("[data-progress]").EvaluateAsync<double>("bar => bar.value") >= 5, "the transform has got somewhere", TimeSpan.FromMinutes(2));
        await Page.ScreenshotAsync(new() { Path = Path.Combine(images, "board.png") });
        await GoAsync("/queue");
        await Page.ScreenshotAsync(new() { Path = Path.Combine(images, "queue.png") });
        var phone = await NewPageAsync(new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 390, Height = 800 }, DeviceScaleFactor = 2 });
        await GoAsync("/", phone);
        await phone.ScreenshotAsync(new() { Path = Path.Combine(images, "phone.png") });
    }
}
