using VideoPipeline.Artifacts;

namespace VideoPipeline.Tests.Artifacts;

public sealed class ArtifactKeyTests
{
    [TestCase("1/2/source.mp4")]
    [TestCase("12/345/thumbnail.jpg")]
    [TestCase("a/b_c-d.e")]
    public void Plain_keys_are_valid(string key) => Assert.That(ArtifactKey.IsValid(key));

    [TestCase("")]
    [TestCase("/etc/passwd")]
    [TestCase("../x")]
    [TestCase("1/../../x")]
    [TestCase("1//x")]
    [TestCase("1/x/")]
    [TestCase("1\\x")]
    [TestCase("C:/x")]
    [TestCase(".tmp/x")]
    [TestCase("1/.hidden")]
    [TestCase("1/a b")]
    [TestCase("1/a\0b")]
    public void Keys_that_could_leave_the_store_or_name_its_temporary_files_are_not(string key) => Assert.That(ArtifactKey.IsValid(key), Is.False);

    [TestCase("1/2/source.mkv", true)]
    [TestCase("12/34/output.mp4", true)]
    [TestCase("12/34/output.m4a", true)]
    [TestCase("1/2/thumbnail.jpg", true)]
    [TestCase("1/2/metadata.json", true)]
    [TestCase("1/2/notes.txt", false)]
    [TestCase("a/2/source.mp4", false)]
    [TestCase("0/1/2/source.mp4", false)]
    public void Our_own_keys_are_told_from_others(string key, bool ours) => Assert.That(ArtifactKey.IsOfVideo(key), Is.EqualTo(ours));

    [TestCase("1/2/source.mp4", "video/mp4")]
    [TestCase("1/2/output.m4a", "audio/mp4")]
    [TestCase("1/2/source.mkv", "video/x-matroska")]
    [TestCase("1/2/thumbnail.jpg", "image/jpeg")]
    [TestCase("1/2/metadata.json", "application/json")]
    [TestCase("1/2/source.nut", "application/octet-stream")]
    public void The_extension_says_what_a_file_is(string key, string type) => Assert.That(ArtifactKey.ContentType(key), Is.EqualTo(type));
}
