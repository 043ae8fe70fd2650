using VideoPipeline.Notifications;

namespace VideoPipeline.Tests.Notifications;

public sealed class WebhookSignatureTests
{
    [Test]
    public void A_signature_is_what_other_implementations_of_the_specification_make_it()
    {
        // The example of the reference implementations.
        var key = WebhookSignature.KeyOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;

        Assert.That(
            WebhookSignature.Of(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""),
            Is.EqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("tooshort")]
    [TestCase("                     ")]
    [TestCase("whsec_dG9vc2hvcnQ=")]
    [TestCase("whsec_not base64 at all, is it")]
    public void What_is_too_short_for_a_secret_is_none(string? secret) => Assert.That(WebhookSignature.KeyOf(secret), Is.Null);

    [Test]
    public void A_plain_text_is_a_key_by_its_bytes() => Assert.That(WebhookSignature.KeyOf("sixteen letters!"), Is.EqualTo("sixteen letters!"u8.ToArray()));
}
