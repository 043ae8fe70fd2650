using System.Security.Cryptography;
using System.Text;

namespace VideoPipeline.GitHub;

/// <summary>
/// Tells GitHub's deliveries from others': <c>X-Hub-Signature-256</c> is <c>sha256=</c> and the HMAC-SHA256 of the body as it
/// was sent, in hexadecimal.
/// </summary>
/// <seealso href="https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries"/>
public static class WebhookSignature
{
    private const string Prefix = "sha256=";

    /// <summary>In constant time for each secret: how long it takes tells nothing of how much of a forgery is right.</summary>
    /// <param name="header">Null when there was none.</param>
    /// <param name="secrets">Any of them may have signed it.</param>
    public static bool IsValid(string? header, ReadOnlySpan<byte> body, IEnumerable<string> secrets)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (header?.StartsWith(Prefix, StringComparison.Ordinal) != true
            || header.Length != Prefix.Length + (2 * given.Length)
            || Convert.FromHexString(header.AsSpan(Prefix.Length), given, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        // All of them, also after one that fits.
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var valid = false;
        foreach (var secret in secrets)
        {
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body, expected);
            valid |= CryptographicOperations.FixedTimeEquals(given, expected);
        }

        return valid;
    }

    /// <summary>What the header must be.</summary>
    public static string Of(ReadOnlySpan<byte> body, string secret) =>
        Prefix + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}
