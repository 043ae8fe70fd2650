namespace VideoPipeline;

/// <summary>What somebody may have meant by a name that there isn't.</summary>
internal static class Spelling
{
    /// <summary>Those names that are closest to the word, if they are close at all.</summary>
    public static IReadOnlyList<string> Closest(string word, IEnumerable<string> names)
    {
        // Two letters that changed places count as two.
        var most = Math.Clamp(word.Length / 2, 1, 3);
        return [.. names.Select(name => (Name: name, Distance: Distance(word.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(one => one.Distance <= most).GroupBy(one => one.Distance).OrderBy(group => group.Key).Take(1).SelectMany(group => group)
            .Select(one => one.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>How many letters are to be added, left out or replaced (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var before = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], before[j]) + 1, before[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
            }

            before = row;
        }

        return before[^1];
    }
}
