using System.Text;
using VideoPipeline.GitHub;

namespace VideoPipeline.Tests.GitHub;

public sealed class WebhookSignatureTests
{
    // GitHub's own example: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    private const string Secret = "It's a Secret to Everybody";
    private const string Signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("Hello, World!");

    [Test]
    public void GitHubs_own_example_is_valid() => Assert.That(WebhookSignature.IsValid(Signature, Body, [Secret]));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("sha256=")]
    [TestCase("sha256=7571")]
    [TestCase("757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [TestCase("sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [TestCase("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18")]
    [TestCase("sha256=g57107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [TestCase("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1700")]
    public void Another_header_is_not(string? header) => Assert.That(WebhookSignature.IsValid(header, Body, [Secret]), Is.False);

    [Test]
    public void Another_body_or_secret_is_not()
    {
        Assert.That(WebhookSignature.IsValid(Signature, Encoding.UTF8.GetBytes("Hello, World?"), [Secret]), Is.False);
        Assert.That(WebhookSignature.IsValid(Signature, Body, ["another"]), Is.False);
        Assert.That(WebhookSignature.IsValid(Signature, Body, []), Is.False);
    }

    [Test]
    public void Any_of_the_secrets_may_have_signed_it() => Assert.That(
        new[] { "old", "new" }.Select(secret => WebhookSignature.IsValid(WebhookSignature.Of(Body, secret), Body, ["old", "new"])), Is.All.True);
}
