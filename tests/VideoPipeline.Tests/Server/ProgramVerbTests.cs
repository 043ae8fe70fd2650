using VideoPipeline.Server;

namespace VideoPipeline.Tests.Server;

public sealed class ProgramVerbTests
{
    [TestCase("http://127.0.0.1:5080", "http://127.0.0.1:5080/health/live")]
    [TestCase("http://localhost:5080/", "http://localhost:5080/health/live")]
    [TestCase("http://[::1]:5080", "http://[::1]:5080/health/live")]
    [TestCase("http://*:5080", "http://127.0.0.1:5080/health/live")]
    [TestCase("http://0.0.0.0:5080", "http://127.0.0.1:5080/health/live")]
    [TestCase("http://192.0.2.7:5080", "http://192.0.2.7:5080/health/live")]
    public void The_health_check_asks_where_the_service_listens(string listening, string expected)
    {
        Assert.That(ProgramVerb.Probe(listening), Is.EqualTo(new Uri(expected)));
    }

    [TestCase]
    [TestCase("--urls", "http://127.0.0.1:5081")]
    [TestCase("urls=http://127.0.0.1:5081")]
    public async Task Settings_are_no_verbs(params string[] arguments)
    {
        Assert.That(await ProgramVerb.RunAsync(arguments, TextWriter.Null, TextWriter.Null), Is.Null);
    }
}
