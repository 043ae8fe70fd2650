namespace VideoPipeline.GitHub;

/// <summary>A delivery of GitHub's webhook that has had its effect, in the same transaction: delivered again it has none.</summary>
public sealed class WebhookDelivery
{
    public const int MaxIdLength = 100;

    /// <summary>GitHub's <c>X-GitHub-Delivery</c>; the same when it is delivered again.</summary>
    public required string Id { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }
}
