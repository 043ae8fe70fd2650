namespace VideoPipeline.Catalog;

/// <summary>What a channel may be called: the name is also a folder's name.</summary>
public static class ChannelName
{
    public const int MaxLength = 80;

    /// <summary>Null when the name is good, else what is wrong with it.</summary>
    public static string? Problem(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "is required";
        }

        if (name.Length > MaxLength)
        {
            return $"must have at most {MaxLength} characters";
        }

        if (name != name.Trim() || name[0] == '.')
        {
            return "must not begin with a dot, nor begin or end with a space";
        }

        return name.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or '.' or '(' or ')' or '&' or '\'' or ',' or '+')
            ? null
            : "may have letters, digits, spaces and - _ . ( ) & ' , + only, since it names a folder";
    }
}
