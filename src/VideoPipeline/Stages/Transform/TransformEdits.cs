using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>What is put before or after every video.</summary>
/// <param name="Length">Of its picture, or of its sound where that is all that is wanted.</param>
public sealed record InsertedClip(string File, MediaInfo Media, TimeSpan Length)
{
    /// <summary>Null for none.</summary>
    public Normalisation? Normalisation { get; init; }
}

/// <summary>What is done to one video besides bringing it into shape.</summary>
public sealed record TransformEdits
{
    public static TransformEdits None { get; } = new();

    public Cut Cut { get; init; }

    /// <summary>Of what is left of the source; null when nothing depends on it.</summary>
    public TimeSpan? Length { get; init; }

    public Fade Fade { get; init; } = new();

    public Watermark? Watermark { get; init; }

    /// <summary>A file in ASS format that is drawn into the picture.</summary>
    public string? BurntSubtitles { get; init; }

    public InsertedClip? Intro { get; init; }

    public InsertedClip? Outro { get; init; }

    internal bool HasClips => Intro is not null || Outro is not null;

    /// <summary>A copied picture could have none of it.</summary>
    internal bool TouchesPicture => !Cut.IsWhole || Fade.TouchesPicture || Watermark is not null || BurntSubtitles is not null || HasClips;

    internal bool TouchesSound => !Cut.IsWhole || Fade.TouchesSound || HasClips;

    /// <summary>Whether the picture is mixed with others of ordinary brightness, so that HDR can't stay.</summary>
    internal bool MixesPictures => Watermark is not null || HasClips;

    /// <summary>How long the output is, if the source is this long.</summary>
    public TimeSpan Expected(TimeSpan source) => Cut.LengthOf(source) + (Intro?.Length ?? TimeSpan.Zero) + (Outro?.Length ?? TimeSpan.Zero);

    /// <summary>Whether the source's real length must be known: for the cut, for what happens at the end, and for silence in place of its sound.</summary>
    internal static bool NeedLength(TransformProfile profile) =>
        !profile.Trim.IsNone || profile.Fade.NeedsLength || profile.Intro.Length > 0 || profile.Outro.Length > 0;
}
