using System.Text;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Tests.Server;

public sealed class ShortFormTests
{
    [TestCase("""{"a":1,"target": "folder" ,"b":"ü"}""", """{"a":1,"target": {"kind":"folder"} ,"b":"ü"}""")]
    [TestCase("""{"t\u0061rget":"x\"y"}""", """{"t\u0061rget":{"kind":"x\"y"}}""")]
    [TestCase("""{"target":"\ud800"}""", """{"target":{"kind":"\ud800"}}""")]
    [TestCase("""{"target":{"kind":"folder"}}""", null)]
    [TestCase("""{"target":5}""", null)]
    [TestCase("""{"inner":{"target":"folder"}}""", null)]
    [TestCase("""["target","folder"]""", null)]
    [TestCase("""{"target":""", null)]
    [TestCase("", null)]
    public void A_text_is_written_out_and_all_else_left_as_it_is(string body, string? full)
    {
        var written = new ShortForm("target", "kind").WriteOut(Encoding.UTF8.GetBytes(body));

        Assert.That(written is null ? null : Encoding.UTF8.GetString(written), Is.EqualTo(full));
    }
}
