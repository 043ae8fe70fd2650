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
}
