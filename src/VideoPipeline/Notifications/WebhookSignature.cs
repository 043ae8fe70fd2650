using System.Security.Cryptography;
using System.Text;

namespace VideoPipeline.Notifications;

/// <summary>
/// How receivers tell that a notification is ours, and not an old one: an HMAC-SHA256 over its id, its time and its body, by
/// the Standard Webhooks specification.
/// </summary>
/// <seealso href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"/>
public static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string Prefix = "whsec_";
    private const int LeastBytes = 16;

    /// <summary>The value of <see cref="SignatureHeader"/>.</summary>
    /// <param name="timestamp">Of the attempt, in seconds since 1970.</param>
    public static string Of(byte[] key, string messageId, long timestamp, string body) =>
        $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{messageId}.{timestamp}.{body}")))}";

    /// <summary>Null when it is no secret, or too short for one.</summary>
    public static byte[]? KeyOf(string? secret)
    {
        if (secret is null)
        {
            return null;
        }

        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return secret.Trim().Length >= LeastBytes ? Encoding.UTF8.GetBytes(secret) : null;
        }

        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) && length >= LeastBytes ? key[..length] : null;
    }
}
