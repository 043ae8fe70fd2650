using VideoPipeline.Catalog;

namespace VideoPipeline.Tests.Catalog;

public sealed class VideoAddressTests
{
    [TestCase("HTTP://Example.org:80/a%20b.mp4", "http://example.org/a%20b.mp4", "a b")]
    [TestCase("https://example.org/watch?v=1", "https://example.org/watch?v=1", "watch")]
    [TestCase("https://example.org", "https://example.org/", "example.org")]
    public void A_url_has_one_spelling_and_a_title(string url, string expected, string title)
    {
        var address = VideoAddress.Of(url, Folder("/videos"));

        Assert.That((address.Url, address.ExternalId, address.Title), Is.EqualTo((expected, expected, title)));
    }

    [Test]
    public void A_file_is_known_by_its_path_below_the_folder()
    {
        var folder = RealPath.Of(Directory.CreateTempSubdirectory("vp-test-").FullName);
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        var file = Path.Combine(folder, "sub", "clip.mp4");
        File.WriteAllText(file, "x");

        var address = VideoAddress.Of(file, Folder(folder));

        Assert.That((address.Url, address.ExternalId, address.Title), Is.EqualTo((file, "sub/clip.mp4", "clip")));
        Directory.Delete(folder, recursive: true);
    }

    private static Channel Folder(string path) => new() { Name = "x", SourceUrl = path, Profile = "default" };
}
