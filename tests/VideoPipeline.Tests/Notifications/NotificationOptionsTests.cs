using Microsoft.Extensions.Configuration;
using VideoPipeline.Notifications;

namespace VideoPipeline.Tests.Notifications;

public sealed class NotificationOptionsTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Test]
    public void A_webhook_needs_no_more_than_an_address_and_a_secret()
    {
        var options = Read(("Webhooks:0:Url", "https://hooks.example.org/x"), ("Webhooks:0:Secret", Secret), ("Webhooks:1:Url", "https://chat.example.org/"),
            ("Webhooks:1:Secret", Secret), ("Webhooks:1:Events:0", "failed"), ("Webhooks:1:Events:1", "channelBlocked"));

        Assert.That(Failures(options), Is.Empty);
        Assert.That(options.WebhooksFor(NotificationEvent.Failed).Select(webhook => webhook.NameOrHost), Is.EqualTo(new[] { "hooks.example.org", "chat.example.org" }));
        Assert.That(options.WebhooksFor(NotificationEvent.Published).Select(webhook => webhook.NameOrHost), Is.EqualTo(new[] { "hooks.example.org" }));
    }

    [TestCase("Url", "ftp://example.org/", "must be an http(s) URL")]
    [TestCase("Url", "https://me:password@example.org/", "must be an http(s) URL")]
    [TestCase("Url", "", "must be an http(s) URL")]
    [TestCase("Secret", "", "must be whsec_ and base64")]
    [TestCase("Secret", "whsec_short", "must be whsec_ and base64")]
    [TestCase("Events:0", "everything", "must be some of published, failed, channelBlocked, queuePaused, queueResumed, but has 'everything' in it")]
    public void What_is_wrong_is_named_with_what_is_allowed(string setting, string value, string problem)
    {
        var settings = new Dictionary<string, string> { ["Url"] = "https://example.org/", ["Secret"] = Secret, [setting] = value };

        var failures = Failures(Read([.. settings.Select(pair => ($"Webhooks:0:{pair.Key}", pair.Value))]));

        Assert.That(failures, Has.Count.EqualTo(1));
        Assert.That(failures[0], Does.StartWith($"VideoPipeline:Notifications:Webhooks:0:{setting.Split(':')[0]} {problem}"));
        Assert.That(failures[0], Does.Not.Contain("password"));
    }

    [Test]
    public void Two_webhooks_of_one_host_need_names()
    {
        var failures = Failures(Read(("Webhooks:0:Url", "https://example.org/1"), ("Webhooks:0:Secret", Secret), ("Webhooks:1:Url", "https://example.org/2"), ("Webhooks:1:Secret", Secret)));

        Assert.That(failures, Has.Count.EqualTo(1).And.All.StartWith("VideoPipeline:Notifications:Webhooks:1:Name must differ"));
    }

    private static SettingsValidation<NotificationOptions> Validation(params (string Name, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"VideoPipeline:Notifications:{setting.Name}", (string?)setting.Value)))
            .Build().GetSection("VideoPipeline:Notifications"));

    private static NotificationOptions Read(params (string Name, string Value)[] settings)
    {
        var options = new NotificationOptions();
        Validation(settings).Configure(options);
        return options;
    }

    private static List<string> Failures(NotificationOptions options) => [.. Validation().Validate(null, options).Failures ?? []];
}
