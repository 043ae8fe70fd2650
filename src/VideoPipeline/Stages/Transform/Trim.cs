using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Stages.Transform;

/// <summary>What is cut off every video. Settings <c>Trim</c> of a profile.</summary>
[SettingsGroup]
public sealed record Trim
{
    // Less can't be told from nothing: it is a frame or two.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(0.1);

    /// <summary>Off the beginning.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Start { get; init; }

    /// <summary>Off the end.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan End { get; init; }

    /// <summary>How much of the rest is kept at most, from its beginning; null for all of it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan? MaxDuration { get; init; }

    internal bool IsNone => Start == TimeSpan.Zero && End == TimeSpan.Zero && MaxDuration is null;

    /// <summary>What is kept of a video of this length; null when nothing would be left of it.</summary>
    public Cut? Of(TimeSpan length)
    {
        var left = length - Start - End;
        if (left < Least)
        {
            return null;
        }

        var kept = MaxDuration < left ? MaxDuration.Value : left;

        // To the very end where nothing is cut off there: lengths are never quite exact.
        return new(Start, kept < length - Start ? kept : null);
    }
}

/// <summary>A stretch of a file.</summary>
/// <param name="Length">Null for all that follows.</param>
public readonly record struct Cut(TimeSpan Start, TimeSpan? Length)
{
    public bool IsWhole => Start == TimeSpan.Zero && Length is null;

    /// <summary>How long it is, of a file of this length.</summary>
    public TimeSpan LengthOf(TimeSpan file) => Length ?? file - Start;

    /// <summary>
    /// For ffmpeg, before the input. Exact wherever the stream is decoded: frames from the key frame before on are decoded and
    /// thrown away. A copied stream could begin at a key frame only, so nothing that is cut is copied.
    /// </summary>
    public string Arguments =>
        (Start > TimeSpan.Zero ? FormattableString.Invariant($"-ss {Start.TotalSeconds:0.######} ") : "")
        + (Length is { } length ? FormattableString.Invariant($"-t {length.TotalSeconds:0.######}") : "");
}
