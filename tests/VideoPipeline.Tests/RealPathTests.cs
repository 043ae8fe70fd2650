
namespace VideoPipeline.Tests;

public sealed class RealPathTests
{
    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder() => _folder = RealPath.Of(Directory.CreateTempSubdirectory("vp-test-").FullName);

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Links_are_followed_wherever_they_are_in_the_path()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "real", "inner"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "absolute"), Path.Combine(_folder, "relative"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "relative"), "real/../real");

        Assert.That(RealPath.Of(Path.Combine(_folder, "absolute", "inner", "new.mp4")), Is.EqualTo(Path.Combine(_folder, "real", "inner", "new.mp4")));
    }

    [Test]
    public void Links_that_go_round_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "a"), "b");
        File.CreateSymbolicLink(Path.Combine(_folder, "b"), "a");

        Assert.That(() => RealPath.Of(Path.Combine(_folder, "a")), Throws.InstanceOf<IOException>());
    }

    [TestCase("/videos", "/videos", true)]
    [TestCase("/videos/a", "/videos", true)]
    [TestCase("/videos2", "/videos", false)]
    [TestCase("/", "/videos", false)]
    [TestCase("/videos", "/", true)]
    public void A_path_is_within_a_folder_or_not(string path, string folder, bool within) =>
        Assert.That(RealPath.IsWithin(path, folder), Is.EqualTo(within));

    [TestCase("/a b", "/a b")]
    [TestCase("file:///a%20b", "/a b")]
    [TestCase("file://server/share", null)]
    [TestCase("a", null)]
    [TestCase("file:a", null)]
    [TestCase("http://a/b", null)]
    [TestCase("/a\0b", null)]
    public void A_path_or_a_file_url_names_a_path(string given, string? path) =>
        Assert.That(RealPath.FromPathOrFileUrl(given), Is.EqualTo(path));
}
