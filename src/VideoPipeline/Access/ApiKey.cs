namespace VideoPipeline.Access;

/// <summary>What is kept of a key: enough to recognise it, not enough to make it again.</summary>
public sealed class ApiKey
{
    public const int MaxNameLength = 80;

    public long Id { get; set; }

    /// <summary>The part of the key that may be seen: finds its row, and names it to people.</summary>
    public required string PublicId { get; set; }

    /// <summary>Who or what uses it; unique among the keys that are valid.</summary>
    public required string Name { get; set; }

    public KeyRole Role { get; set; }

    /// <summary>SHA-256 of the secret part, in hexadecimal.</summary>
    public required string Hash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>To the minute, more or less: not every request is written down.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>Null while the key is valid. A revoked key's row stays: the audit log names it.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Null when a key may have this name, else what is wrong with it.</summary>
    public static string? ProblemOf(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "is required";
        }

        if (name.Length > MaxNameLength)
        {
            return $"must have at most {MaxNameLength} characters";
        }

        // Whoever acts without a key is called this, and must not be taken for anybody else.
        if (name.Equals(Actor.LocalName, StringComparison.OrdinalIgnoreCase))
        {
            return $"must not be '{Actor.LocalName}', which is what those are called who act without a key";
        }

        return name == name.Trim() && name.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or '.' or '@' or '+' or ':')
            ? null
            : "may have letters, digits, spaces and - _ . @ + : only, and must not begin or end with a space";
    }
}
