using System.Buffers.Text;
using System.Security.Cryptography;

namespace VideoPipeline.Access;

/// <summary>
/// A key as its holder has it: <c>vp_</c>, a public id of 16 hexadecimal digits, <c>_</c>, and 256 random bits in base64url.
/// The beginning lets people, and programs that look for leaked secrets, see what it is.
/// </summary>
internal static class KeyText
{
    public const string Prefix = "vp_";
    public const int PublicIdLength = 16;

    private const int SecretBytes = 32;
    private const int SecretAt = 20;

    private static readonly int Length = SecretAt + Base64Url.GetEncodedLength(SecretBytes);

    public static (string Text, string PublicId, string Hash) New()
    {
        var publicId = RandomNumberGenerator.GetHexString(PublicIdLength, lowercase: true);
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return ($"{Prefix}{publicId}_{secret}", publicId, Hash(secret));
    }

    /// <summary>Takes the text apart; false when it is no key, of which the database need not be asked.</summary>
    public static bool TryRead(string text, out string publicId, out string hash)
    {
        (publicId, hash) = (string.Empty, string.Empty);
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[SecretAt - 1] != '_')
        {
            return false;
        }

        publicId = text[Prefix.Length..(SecretAt - 1)];
        if (!publicId.All(char.IsAsciiHexDigitLower))
        {
            return false;
        }

        hash = Hash(text[SecretAt..]);
        return true;
    }

    /// <summary>In a time that doesn't tell how much of them is the same.</summary>
    public static bool AreEqual(string hash, string other) =>
        CryptographicOperations.FixedTimeEquals(Convert.FromHexString(hash), Convert.FromHexString(other));

    /// <summary>
    /// A fast hash, on purpose: slow ones are for passwords, which can be guessed. Nobody tries 2^256 secrets, however
    /// fast each try is, and every request needs one.
    /// </summary>
    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));
}
