using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Notifications;

/// <summary>Settings <c>VideoPipeline:Notifications</c>: whom to tell what happens. The same on every node, since any may see it happen.</summary>
public sealed class NotificationOptions : IValidatableObject
{
    private const string ShortestTime = "00:00:00.01";

    public List<WebhookSettings> Webhooks { get; set; } = [];

    /// <summary>How long a receiver may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Waited for before the second attempt; four times as long before each further one, up to 4 h.</summary>
    [Range(typeof(TimeSpan), ShortestTime, "04:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>For how long it is tried.</summary>
    [Range(typeof(TimeSpan), ShortestTime, "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long notifications are kept that were delivered or given up.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Allows receivers in private networks and on this machine.</summary>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>The webhooks that want to hear of this.</summary>
    public IEnumerable<WebhookSettings> WebhooksFor(NotificationEvent what) => Webhooks.Where(webhook => webhook.Wants(what));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var n = 0; n < Webhooks.Count; n++)
        {
            var webhook = Webhooks[n];
            foreach (var (setting, problem) in webhook.Problems())
            {
                yield return new ValidationResult(problem, [$"{nameof(Webhooks)}:{n}:{setting}"]);
            }

            if (Webhooks.Take(n).Any(other => other.NameOrHost == webhook.NameOrHost))
            {
                yield return new ValidationResult(
                    $"must differ from those of the other webhooks, but is '{webhook.NameOrHost}' (the host of Url when it isn't set)", [$"{nameof(Webhooks)}:{n}:{nameof(webhook.Name)}"]);
            }
        }
    }
}

/// <summary>One who is told.</summary>
public sealed class WebhookSettings
{
    public const int MaxNameLength = 100;

    /// <summary>By which the log calls it; the host of <see cref="Url"/> when not set.</summary>
    public string? Name { get; set; }

    /// <summary>Where to POST to.</summary>
    public string? Url { get; set; }

    /// <summary>What notifications are signed with: <c>whsec_</c> and base64, or a text of 16 characters or more.</summary>
    public string? Secret { get; set; }

    /// <summary>Of what it is told; of everything when empty.</summary>
    public List<string> Events { get; set; } = [];

    public string NameOrHost => !string.IsNullOrWhiteSpace(Name) ? Name : Address?.Host ?? "";

    internal Uri? Address => Uri.TryCreate(Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    internal bool Wants(NotificationEvent what) => Events.Count == 0 || Events.Contains(LowerCaseEnum<NotificationEvent>.Name(what), StringComparer.Ordinal);

    /// <summary>What is wrong with which setting. Neither URL nor secret is repeated: both may be secret.</summary>
    internal IEnumerable<(string Setting, string Problem)> Problems()
    {
        if (Address is null || Address.UserInfo.Length > 0)
        {
            yield return (nameof(Url), "must be an http(s) URL without a user name in it");
        }

        if (Name?.Length > MaxNameLength || Name?.Any(char.IsControl) == true)
        {
            yield return (nameof(Name), $"must have at most {MaxNameLength} characters, in one line");
        }

        if (WebhookSignature.KeyOf(Secret) is null)
        {
            yield return (nameof(Secret), $"must be whsec_ and base64 of 16 bytes or more ('openssl rand -base64 32' makes some), or a text of 16 characters or more");
        }

        foreach (var name in Events.Where(name => !LowerCaseEnum<NotificationEvent>.TryParse(name, out _)))
        {
            yield return (nameof(Events), $"must be some of {LowerCaseEnum<NotificationEvent>.Allowed}, but has '{name}' in it");
        }
    }
}
