namespace VideoPipeline.Stages.Media;

/// <summary>Says in plain words why ffprobe refused a file.</summary>
internal static class ProbeFailure
{
    /// <param name="errors">What ffprobe wrote to its standard error.</param>
    /// <param name="head">The first bytes of the file.</param>
    public static PermanentFailureException Explain(string name, int exitCode, IReadOnlyList<string> errors, ReadOnlySpan<byte> head) =>
        new($"{name} is not a playable video: {Reason(errors, head)}")
        {
            Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["program"] = "ffprobe", ["exitCode"] = exitCode, ["errors"] = errors },
        };

    private static string Reason(IReadOnlyList<string> errors, ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return "the file is empty. Fetch it again or remove it from the source.";
        }

        // ffprobe also looks for the index in a file that is an MP4 by nothing but its name; only one that begins like an MP4
        // (ISO/IEC 14496-12: a size, then the type "ftyp") has been one.
        if (Has(errors, "moov atom not found"))
        {
            return IsMp4(head)
                ? "the file is truncated (its index, the moov atom, is missing). Fetch it again or remove it from the source."
                : "it is no media file. Remove it from the source.";
        }

        if (Has(errors, "not on whitelist"))
        {
            return "it is a playlist or another format that is not taken in.";
        }

        return Has(errors, "Invalid data found")
            ? "it is no media file, or damaged. Fetch it again or remove it from the source."
            : $"{(errors.Count > 0 ? errors[^1] : "ffprobe gave no reason")}.";
    }

    private static bool IsMp4(ReadOnlySpan<byte> head) => head.Length >= 8 && head[4..8].SequenceEqual("ftyp"u8);

    private static bool Has(IReadOnlyList<string> errors, string text) =>
        errors.Any(line => line.Contains(text, StringComparison.OrdinalIgnoreCase));
}
