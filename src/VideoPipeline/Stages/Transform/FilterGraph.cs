using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>
/// ffmpeg's filters from several files to one picture and one sound: <c>[v]</c> and <c>[a]</c>. Inputs are the source, the
/// watermark, the intro and the outro, in this order, as far as there are any.
/// </summary>
internal static class FilterGraph
{
    // Rates that files claim beyond this are those of their clocks.
    private const double FastestRate = 240;

    // A rate that all times fit is the rate of the frames, if they are nearly as many.
    private const double NearlyConstant = 1.05;

    public static IEnumerable<FfmpegInput> Inputs(TransformWork work)
    {
        yield return TransformArguments.SourceInput(work);
        if (work.Plan.HasWatermark)
        {
            yield return new(work.Edits.Watermark!.File, Format: ImageFile.DemuxerOf(work.Edits.Watermark.File));
        }

        foreach (var clip in new[] { work.Edits.Intro, work.Edits.Outro }.OfType<InsertedClip>())
        {
            yield return new(clip.File);
        }
    }

    /// <param name="last">Of the picture's filters.</param>
    /// <returns>Null where every stream has filters of its own, or none: then there is no need for a graph.</returns>
    public static string? Of(TransformWork work, IReadOnlyList<string> last)
    {
        var sound = work.Edits.HasClips && work.Plan.Audio != StreamTreatment.None;
        return work.Edits.HasClips || work.Plan.HasWatermark
            ? Concatenated(work, work.Plan.Video != StreamTreatment.None, sound, last)
            : null;
    }

    /// <summary>The picture alone, up to the encoder.</summary>
    public static string OfPicture(TransformWork work) => Concatenated(work, picture: true, sound: false, []);

    /// <summary>
    /// Of the frames that come out where several files become one; otherwise they keep their times. Frames per second.
    /// </summary>
    public static double RateOf(VideoTrack track, TransformProfile profile)
    {
        var rate = track switch
        {
            { AverageFrameRate: null, BaseFrameRate: null } => profile.MaxFrameRate,
            { BaseFrameRate: null } => track.AverageFrameRate!.Value,
            { AverageFrameRate: null } => track.BaseFrameRate.Value,
            { AverageFrameRate: { } average, BaseFrameRate: { } whole } when whole / average <= NearlyConstant => whole,

            // Of interlaced video it is often that of the fields.
            { IsInterlaced: true } => track.AverageFrameRate.Value,
            _ => track.BaseFrameRate <= FastestRate ? track.BaseFrameRate.Value : track.AverageFrameRate.Value,
        };
        return Math.Clamp(rate, 1, profile.MaxFrameRate);
    }

    private static string Concatenated(TransformWork work, bool picture, bool sound, IReadOnlyList<string> last)
    {
        var (plan, edits) = (work.Plan, work.Edits);
        var end = last.Count > 0 ? $",{string.Join(',', last)}" : "";
        if (!edits.HasClips)
        {
            return $"[0:{work.Media.Video!.Index}]{string.Join(',', plan.Filters)}{end}[v]";
        }

        var input = plan.HasWatermark ? 2 : 1;
        var parts = new List<Part>();
        if (edits.Intro is { } intro)
        {
            parts.Add(PartOf(intro, input++, work, "intro"));
        }

        parts.Add(new(0, "main", work.Media.Video, plan.Filters, work.Media.Audio, plan.AudioFilters, edits.Length!.Value));
        if (edits.Outro is { } outro)
        {
            parts.Add(PartOf(outro, input, work, "outro"));
        }

        var chains = new List<string>();
        var pads = "";
        var layout = Layout(parts, work.Profile);
        foreach (var part in parts)
        {
            if (picture)
            {
                // At one rate, since a file has one; and each from its beginning on, or the others would move into the gap.
                var rate = FormattableString.Invariant($"fps={RateOf(work.Media.Video!, work.Profile):0.######}:start_time=0");
                chains.Add($"[{part.Input}:{part.Video!.Index}]{string.Join(',', [.. part.Filters, rate])}[{part.Name}_v]");
                pads += $"[{part.Name}_v]";
            }

            if (sound)
            {
                chains.Add($"{Sound(part, picture, layout, work.Profile)}[{part.Name}_a]");
                pads += $"[{part.Name}_a]";
            }
        }

        var outputs = $"{(picture ? end.Length > 0 ? "[joined]" : "[v]" : "")}{(sound ? "[a]" : "")}";
        chains.Add($"{pads}concat=n={parts.Count}:v={(picture ? 1 : 0)}:a={(sound ? 1 : 0)}{outputs}");
        if (picture && end.Length > 0)
        {
            chains.Add($"[joined]{end[1..]}[v]");
        }

        return string.Join(';', chains);
    }

    /// <summary>A part's sound is as long as its picture, so that the next part's keeps to its own; silence where it has none.</summary>
    private static string Sound(Part part, bool picture, string layout, TransformProfile profile)
    {
        var shape = $"aformat=sample_fmts=fltp:sample_rates={profile.SampleRate}:channel_layouts={layout}";
        if (part.Audio is null)
        {
            return FormattableString.Invariant($"anullsrc=r={profile.SampleRate}:cl={layout}:d={part.Length.TotalSeconds:0.######},{shape}");
        }

        var fitted = picture ? FormattableString.Invariant($",apad=whole_dur={part.Length.TotalSeconds:0.######},atrim=end={part.Length.TotalSeconds:0.######}") : "";
        return $"[{part.Input}:{part.Audio.Index}]{string.Join(',', [.. part.AudioFilters, "aresample=async=1:first_pts=0", shape])}{fitted}";
    }

    private static Part PartOf(InsertedClip clip, int input, TransformWork work, string name) => new(
        input,
        name,
        clip.Media.Video,
        clip.Media.Video is { } video ? TransformPlan.ClipFilters(video, work.Plan.Size, work.Profile, name) : [],
        clip.Media.Audio,
        clip.Media.Audio is { } audio ? TransformPlan.ClipAudioFilters(audio, clip.Normalisation, work.Profile) : [],
        clip.Length);

    /// <summary>One that has room for every part's channels, within the profile's.</summary>
    private static string Layout(List<Part> parts, TransformProfile profile) => Math.Min(parts.Max(part => part.Audio?.Channels ?? 1), profile.MaxChannels) switch
    {
        1 => "mono",
        2 => "stereo",
        _ => "5.1",
    };

    private sealed record Part(
        int Input, string Name, VideoTrack? Video, IReadOnlyList<string> Filters, AudioTrack? Audio, IReadOnlyList<string> AudioFilters, TimeSpan Length);
}
