using FFMpegCore;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>What is written, from what, and how.</summary>
internal sealed record TransformWork(string Source, MediaInfo Media, TransformPlan Plan, TransformProfile Profile, TransformEdits Edits, VideoEncoding Encoding);

/// <summary>The command lines of ffmpeg that a transform consists of.</summary>
internal static class TransformArguments
{
    /// <summary>
    /// Measures loudness; its result is on the standard error. With <c>ebur128</c> and not with loudnorm's own first pass:
    /// the same measurement (BS.1770 with true peaks), five times faster, since loudnorm also normalises what is thrown away.
    /// </summary>
    /// <param name="filters">What is done to the sound before it is measured.</param>
    public static string Measure(FfmpegInput file, AudioTrack track, IEnumerable<string> filters) => Ffmpeg.Arguments(
        [file],
        "-",
        output => output.WithCustomArgument(
            $"-map 0:{track.Index} -af \"{string.Join(',', [.. filters, "ebur128=peak=true:framelog=verbose"])}\" -f null"),
        verbosity: "info");

    /// <summary>Decodes everything and throws it away; what is wrong is on the standard error.</summary>
    public static string Decode(string file) => Ffmpeg.Arguments(
        file, "-", output => output.WithCustomArgument("-map 0:v? -map 0:a? -f null"), verbosity: "error");

    /// <summary>Encodes some frames and throws them away.</summary>
    public static string TryEncoder(VideoEncoding encoding) => Ffmpeg.ArgumentsOfTestPicture(
        encoding.Device,
        $"{(encoding.Filters.Count > 0 ? $"-vf \"{string.Join(',', encoding.Filters)}\" " : "")}-c:v {encoding.Encoder} {encoding.Arguments}");

    /// <summary>Takes a track of text out of a file, as ASS, with the times that it has after the cut.</summary>
    public static string ExtractSubtitles(FfmpegInput source, SubtitleTrack track, string output) => Ffmpeg.Arguments(
        [source], output, options => options.WithCustomArgument($"-map 0:{track.Index} -c:s ass").ForceFormat("ass"));

    /// <summary>Writes the output as planned.</summary>
    public static string Write(TransformWork work, string output)
    {
        var (plan, profile, edits) = (work.Plan, work.Profile, work.Edits);
        var graph = FilterGraph.Of(work, plan.Video == StreamTreatment.Encoded ? work.Encoding.Filters : []);
        var inputs = FilterGraph.Inputs(work).ToList();
        var subtitles = 0;
        if (plan.Subtitles.Count > 0 && edits.Intro is { } intro)
        {
            // Once more, later by the intro: a filter graph has no subtitles.
            subtitles = inputs.Count;
            inputs.Add(SourceInput(work, FormattableString.Invariant($"-itsoffset {intro.Length.TotalSeconds:0.######} ")));
        }

        return Ffmpeg.Arguments(
            inputs,
            output,
            options =>
            {
                if (graph is not null)
                {
                    options.WithCustomArgument($"-filter_complex \"{graph}\"");
                }

                AddVideo(options, work, inGraph: graph is not null);
                AddAudio(options, work, inGraph: edits.HasClips);
                AddSubtitles(options, plan, profile, subtitles);

                // What it is called and its chapters travel along, unless an intro puts them off their places; data streams don't.
                options.WithCustomArgument($"-dn -map_metadata 0 -map_chapters {(edits.Intro is null ? 0 : -1)}");

                // Long gaps in one stream must not stop the run for want of a place to keep the other's packets.
                options.WithCustomArgument("-max_muxing_queue_size 4096");
                if (profile.Container != OutputContainer.Mkv)
                {
                    options.WithFastStart();
                }

                options.ForceFormat(profile.Container switch { OutputContainer.Mkv => "matroska", OutputContainer.M4a => "ipod", _ => "mp4" });
            },
            device: plan.Video == StreamTreatment.Encoded ? work.Encoding.Device : "");
    }

    /// <summary>
    /// Compares what was encoded with what the encoder was given: the same graph from the same source, so that cuts, fades,
    /// watermarks, intros and sizes don't count as differences. The result is on the standard error.
    /// </summary>
    public static string Compare(TransformWork work, string output)
    {
        var inputs = FilterGraph.Inputs(work).ToList();
        var graph = FilterGraph.OfPicture(work);

        // Times are rounded in the file; a quarter of a frame later, each frame still meets its own.
        var late = FormattableString.Invariant($"{0.25 / FilterGraph.RateOf(work.Media.Video!, work.Profile):0.######}");
        return Ffmpeg.Arguments(
            [.. inputs, new(output)],
            "-",
            options => options.WithCustomArgument(
                $"-filter_complex \"{graph};[v]setpts=PTS-STARTPTS[given];[{inputs.Count}:v:0]setpts=PTS-STARTPTS+{late}/TB[encoded];[encoded][given]ssim\" -an -sn -f null"),
            verbosity: "info");
    }

    /// <summary>Takes the most representative of some frames.</summary>
    /// <param name="at">Where to look; titles and black frames are mostly at the start.</param>
    public static string Thumbnail(string file, VideoTrack track, string thumbnail, TimeSpan at, TransformProfile profile) => Ffmpeg.Arguments(
        [new(file, FormattableString.Invariant($"-ss {at.TotalSeconds:0.###}"))],
        thumbnail,
        options => options
            .WithCustomArgument($"-map 0:{track.Index} -vf \"thumbnail=24,{Squared(track)}scale='min({profile.ThumbnailWidth},iw)':-2:flags=lanczos\" -frames:v 1 -q:v 3 -update 1")
            .ForceFormat("image2"));

    /// <summary>Reads the packets of some streams without decoding them: how long are they really, and is the file whole?</summary>
    public static string Demux(string source, params IEnumerable<int> streams) => Ffmpeg.Arguments(
        source,
        "-",
        output => output.WithCustomArgument($"{string.Join(' ', streams.Select(stream => $"-map 0:{stream}"))} -c copy -f null"),
        verbosity: "error");

    /// <summary>The source, or what is left of it.</summary>
    public static FfmpegInput SourceInput(TransformWork work, string options = "") => new(work.Source, $"{options}{work.Edits.Cut.Arguments}".TrimEnd());

    /// <summary>Outputs have square pixels; sources needn't.</summary>
    private static string Squared(VideoTrack track) => track.SampleAspectRatio == Ratio.One ? "" : "scale='max(2,trunc(iw*sar/2)*2)':ih,setsar=1,";

    private static void AddVideo(FFMpegOutputOptions options, TransformWork work, bool inGraph)
    {
        var (plan, profile, encoding) = (work.Plan, work.Profile, work.Encoding);
        if (plan.Video == StreamTreatment.None)
        {
            options.WithCustomArgument("-vn");
            return;
        }

        options.WithCustomArgument(inGraph ? "-map [v]" : $"-map 0:{work.Media.Video!.Index}");
        if (profile is { VideoCodec: VideoCodec.H265, Container: OutputContainer.Mp4 })
        {
            // Apple's players know it under this tag only.
            options.WithCustomArgument("-tag:v hvc1");
        }

        if (plan.Video == StreamTreatment.Copied)
        {
            options.WithVideoCodec("copy");
            return;
        }

        // Frames keep their own times. Left to itself, ffmpeg 5.1 repeats frames until an MP4 file's rate is constant.
        options
            .WithVideoCodec(encoding.Encoder)
            .WithCustomArgument($"{(inGraph ? "" : $"-vf \"{string.Join(',', [.. plan.Filters, .. encoding.Filters])}\" ")}{encoding.Arguments} -fps_mode vfr");
    }

    private static void AddAudio(FFMpegOutputOptions options, TransformWork work, bool inGraph)
    {
        var (plan, profile) = (work.Plan, work.Profile);
        if (plan.Audio == StreamTreatment.None)
        {
            options.WithCustomArgument("-an");
            return;
        }

        options.WithCustomArgument(inGraph ? "-map [a]" : $"-map 0:{work.Media.Audio!.Index}");
        if (plan.Audio == StreamTreatment.Copied)
        {
            options.WithAudioCodec("copy");
            return;
        }

        options
            .WithAudioCodec(profile.AudioCodec == AudioCodec.Opus ? "libopus" : "aac")
            .WithCustomArgument($"{(inGraph ? "" : $"-af \"{string.Join(',', plan.AudioFilters)}\" ")}-b:a {AudioBitRate(work)} -ar {profile.SampleRate}");
    }

    /// <summary>The profile's, as far as the encoder takes it: libopus refuses more than so much for each channel.</summary>
    private static int AudioBitRate(TransformWork work)
    {
        const int MostOfOpus = 256_000;
        var tracks = new[] { work.Media.Audio, work.Edits.Intro?.Media.Audio, work.Edits.Outro?.Media.Audio }.OfType<AudioTrack>();
        var channels = Math.Min(tracks.Max(track => track.Channels), work.Profile.MaxChannels);
        return work.Profile.AudioCodec == AudioCodec.Opus ? Math.Min(work.Profile.AudioBitRate, MostOfOpus * channels) : work.Profile.AudioBitRate;
    }

    /// <summary>MP4 has text of its own kind; Matroska takes SubRip and ASS as they are.</summary>
    private static void AddSubtitles(FFMpegOutputOptions options, TransformPlan plan, TransformProfile profile, int input)
    {
        if (plan.Subtitles.Count == 0)
        {
            options.WithCustomArgument("-sn");
            return;
        }

        for (var track = 0; track < plan.Subtitles.Count; track++)
        {
            var codec = profile.Container != OutputContainer.Mkv ? "mov_text" : plan.Subtitles[track].Codec is "subrip" or "srt" or "ass" ? "copy" : "srt";
            options.WithCustomArgument($"-map {input}:{plan.Subtitles[track].Index} -c:s:{track} {codec}");
        }
    }
}
