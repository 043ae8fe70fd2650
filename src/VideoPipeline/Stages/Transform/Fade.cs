using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Stages.Transform;

/// <summary>
/// How a video begins and ends: from black and to black, from silence and to silence. Settings <c>Fade</c> of a profile. It
/// is the video itself that fades, not what is put before and after it.
/// </summary>
[SettingsGroup]
public sealed record Fade
{
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan PictureIn { get; init; }

    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan PictureOut { get; init; }

    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan SoundIn { get; init; }

    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan SoundOut { get; init; }

    internal bool TouchesPicture => PictureIn > TimeSpan.Zero || PictureOut > TimeSpan.Zero;

    internal bool TouchesSound => SoundIn > TimeSpan.Zero || SoundOut > TimeSpan.Zero;

    /// <summary>Whether it must be known when the video ends.</summary>
    internal bool NeedsLength => PictureOut > TimeSpan.Zero || SoundOut > TimeSpan.Zero;

    /// <summary>For ffmpeg.</summary>
    /// <param name="length">Of the video; null where <see cref="NeedsLength"/> is false.</param>
    public IEnumerable<string> PictureFilters(TimeSpan? length) => Filters("fade", PictureIn, PictureOut, length);

    /// <inheritdoc cref="PictureFilters"/>
    public IEnumerable<string> SoundFilters(TimeSpan? length) => Filters("afade", SoundIn, SoundOut, length);

    private static IEnumerable<string> Filters(string filter, TimeSpan fadeIn, TimeSpan fadeOut, TimeSpan? length)
    {
        // One after the other also in a video that is too short for both: each gets its share.
        if (length is { } whole && fadeIn + fadeOut > whole)
        {
            var scale = whole / (fadeIn + fadeOut);
            (fadeIn, fadeOut) = (fadeIn * scale, fadeOut * scale);
        }

        if (fadeIn > TimeSpan.Zero)
        {
            yield return FormattableString.Invariant($"{filter}=t=in:st=0:d={fadeIn.TotalSeconds:0.###}");
        }

        if (fadeOut > TimeSpan.Zero)
        {
            yield return FormattableString.Invariant($"{filter}=t=out:st={(length!.Value - fadeOut).TotalSeconds:0.###}:d={fadeOut.TotalSeconds:0.###}");
        }
    }
}
