using VideoPipeline.Server.Requests;

namespace VideoPipeline.Tests.Server;

public sealed class LocalPathTests
{
    [TestCase("/hangfire?a=b", "/hangfire?a=b")]
    [TestCase("/videos?search=a%20b&status=failed#stages", "/videos?search=a%20b&status=failed#stages")]
    [TestCase("/videos?search=\u00fc\u4e2d", "/videos?search=%C3%BC%E4%B8%AD")]
    [TestCase("/\u00fc", "/%C3%BC")]
    [TestCase("/a b", "/a%20b")]
    [TestCase("/jobs/../videos", "/videos")]
    [TestCase("/", "/")]
    [TestCase("", "/")]
    [TestCase(null, "/")]
    [TestCase("videos", "/")]
    [TestCase("//evil.example", "/")]
    [TestCase("/\\evil.example", "/")]
    [TestCase("/.//evil.example", "/")]
    [TestCase("/..//evil.example", "/")]
    [TestCase("/a/..//evil.example", "/")]
    [TestCase("/./\\evil.example", "/")]
    [TestCase("/\t/evil.example", "/")]
    [TestCase("https://evil.example", "/")]
    [TestCase("/a\r\nSet-Cookie: b", "/")]
    public void A_browser_is_led_nowhere_else_and_by_ASCII_alone(string? asked, string led) => Assert.That(LocalPath.Of(asked), Is.EqualTo(led));
}
