using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Tests.Stages.YouTube;

public sealed class YouTubeChannelAddressTests
{
    private const string Id = "UCaaaaaaaaaaaaaaaaaaaaaa";

    [TestCase($"https://www.youtube.com/channel/{Id}", $"https://www.youtube.com/channel/{Id}")]
    [TestCase($"http://youtube.com/channel/{Id}/videos", $"https://www.youtube.com/channel/{Id}")]
    [TestCase(Id, $"https://www.youtube.com/channel/{Id}")]
    [TestCase("https://www.youtube.com/@talks", "https://www.youtube.com/@talks")]
    [TestCase("https://m.youtube.com/@talks/videos?view=0", "https://www.youtube.com/@talks")]
    [TestCase(" @talks ", "https://www.youtube.com/@talks")]
    [TestCase("https://www.youtube.com/@%E6%97%A5%E6%9C%AC", "https://www.youtube.com/@日本")]
    [TestCase("https://www.youtube.com/watch?v=aaaaaaaaaaa", null)]
    [TestCase("https://www.youtube.com/c/talks", null)]
    [TestCase("https://www.youtube.com/", null)]
    [TestCase("https://www.example.com/@talks", null)]
    [TestCase("talks", null)]
    [TestCase("@", null)]
    [TestCase("", null)]
    [TestCase(null, null)]
    public void Channels(string? text, string? url)
    {
        var address = YouTubeChannelAddress.Parse(text);

        Assert.That(address?.Url, Is.EqualTo(url));
        Assert.That(YouTubeChannelAddress.Parse(address?.Url), Is.EqualTo(address), "its own form is read as the same");
    }
}
