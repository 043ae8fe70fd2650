using System.ComponentModel.DataAnnotations;
using VideoPipeline.Access;

namespace VideoPipeline.Tests.Access;

public sealed class AccessOptionsTests
{
    [TestCase("", "", null)]
    [TestCase("videos.example.org; *.example.net;[2001:db8::1]", "127.0.0.1;10.0.0.0/8;2001:db8::/32", null)]
    [TestCase("*", "::1", null)]
    [TestCase("videos.example.org:443", "", "AllowedHosts must be host names without a port, separated by ;, but has 'videos.example.org:443'.")]
    [TestCase("a b", "", "AllowedHosts must be host names")]
    [TestCase("", "proxy.example.org", "TrustedProxies must be addresses or networks such as 10.0.0.0/8, separated by ;, but has 'proxy.example.org'.")]
    [TestCase("", "10.0.0.0/33", "TrustedProxies must be addresses or networks")]
    public void Wrong_lists_are_told(string hosts, string proxies, string? problem)
    {
        var options = new AccessOptions { AllowedHosts = hosts, TrustedProxies = proxies };
        var told = options.Validate(new ValidationContext(options)).Select(result => $"{result.MemberNames.First()} {result.ErrorMessage}").ToList();

        Assert.That(told, problem is null ? Is.Empty : Has.Exactly(1).StartsWith(problem));
    }
}
