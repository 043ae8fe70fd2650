using VideoPipeline.Server;

namespace VideoPipeline.Tests.Server;

public sealed class ListenAddressesTests
{
    [TestCase("http://127.0.0.1:5080", true)]
    [TestCase("http://127.8.8.8:5080", true)]
    [TestCase("http://localhost:0", true)]
    [TestCase("http://[::1]:5080", true)]
    [TestCase("http://0.0.0.0:5080", false)]
    [TestCase("http://[::]:5080", false)]
    [TestCase("http://*:5080", false)]
    [TestCase("http://+", false)]
    [TestCase("http://localhost.example.org", false)]
    [TestCase("http://192.168.1.2", false)]
    [TestCase("localhost", false)]
    [TestCase("", false)]
    public void Only_loopback_addresses_are_of_this_machine_only(string url, bool loopback) =>
        Assert.That(ListenAddresses.IsLoopback(url), Is.EqualTo(loopback));
}
