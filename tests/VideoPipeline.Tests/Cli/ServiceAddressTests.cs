using Spectre.Console.Testing;
using VideoPipeline.Cli;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Tests.Cli;

public sealed class ServiceAddressTests
{
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private string _notes = string.Empty;

    [Test]
    public void By_default_it_is_this_machine_without_a_key() =>
        Assert.That(Of(new RemoteSettings()), Is.EqualTo(new ServiceAddress(new Uri("http://127.0.0.1:5080/"), Key: null)));

    [Test]
    public void Options_win_over_variables()
    {
        _environment["VIDEOPIPELINE_URL"] = "https://elsewhere.example.org/vp";
        _environment["VIDEOPIPELINE_API_KEY"] = "vp_variable";

        Assert.That(Of(new RemoteSettings()), Is.EqualTo(new ServiceAddress(new Uri("https://elsewhere.example.org/vp/"), "vp_variable")));
        Assert.That(_notes, Is.Empty);
        Assert.That(Of(new RemoteSettings { Url = "http://[::1]:7", Key = "vp_option" }), Is.EqualTo(new ServiceAddress(new Uri("http://[::1]:7/"), "vp_option")));
    }

    [Test]
    public void A_key_from_a_file_or_from_standard_input()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, " vp_file\n");

            Assert.That(Of(new RemoteSettings { KeyFile = file }).Key, Is.EqualTo("vp_file"));
            Assert.That(Of(new RemoteSettings { KeyFile = "-" }, "vp_input\nmore").Key, Is.EqualTo("vp_input"));
            Assert.That(_notes, Is.Empty);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void Who_can_see_the_key_is_told()
    {
        Of(new RemoteSettings { Key = "vp_secret" });
        Assert.That(_notes, Does.Contain("list of processes").And.Not.Contain("vp_secret"));

        Of(new RemoteSettings { Key = "vp_secret", Url = "http://elsewhere.example.org" });
        Assert.That(_notes, Does.Contain("without encryption").And.Not.Contain("vp_secret"));
    }

    private ServiceAddress Of(RemoteSettings settings, string input = "")
    {
        using var output = new TestConsole();
        using var errors = new TestConsole();
        var address = ServiceAddress.Of(
            settings, name => _environment.GetValueOrDefault(name), new StringReader(input), new Terminal(output, errors, isLive: false, tellsProgress: false, TimeProvider.System));
        _notes = errors.Output;
        return address;
    }
}
