using System.Text;
using FsCheck;
using FsCheck.Fluent;
using VideoPipeline.Stages.Publish;

namespace VideoPipeline.Tests.Stages.Publish;

public sealed class PublishedFileNameTests
{
    [TestCase("A talk", "A talk [7]")]
    [TestCase("Über allen Gipfeln", "Über allen Gipfeln [7]")]
    [TestCase("日本語 🎬", "日本語 🎬 [7]")]
    [TestCase("../../etc/passwd", "etc-passwd [7]")]
    [TestCase("..\\..\\boot.ini", "boot.ini [7]")]
    [TestCase("C:\\x", "C--x [7]")]
    [TestCase(".hidden", "hidden [7]")]
    [TestCase("What? <Why> \"how\" *now*|", "What Why 'how' now- [7]")]
    [TestCase("two\r\nlines\tand  spaces", "two lines and spaces [7]")]
    [TestCase("nul\0l", "null [7]")]
    [TestCase("ends with dots... ", "ends with dots [7]")]
    [TestCase("turned\u202Etxt.exe", "turnedtxt.exe [7]")]
    [TestCase("", "video [7]")]
    [TestCase("..", "video [7]")]
    [TestCase("///", "video [7]")]
    public void Names(string title, string name) => Assert.That(PublishedFileName.Of(title, 7), Is.EqualTo(name));

    [Test]
    public void Long_titles_are_cut_between_characters()
    {
        var name = PublishedFileName.Of(new string('a', 179) + "🎬" + new string('b', 500), 7);

        Assert.That(name, Is.EqualTo(new string('a', 179) + " [7]"));
    }

    [Test]
    public void No_title_leaves_the_folder() => Prop.ForAll<string?, int>((title, id) =>
    {
        var name = PublishedFileName.Of(title ?? "", id) + ".mp4";
        return Path.GetFileName(name) == name
            && name[0] is not ('.' or ' ')
            && Encoding.UTF8.GetByteCount($".{name}.partial") <= 255
            && name.IndexOfAny(['/', '\\', '\0', '\n']) < 0
            && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)) == name;
    }).QuickCheckThrowOnFailure();
}
