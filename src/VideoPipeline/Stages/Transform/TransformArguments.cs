using FFMpegCore;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>The command lines of ffmpeg that a transform consists of.</summary>
internal static class TransformArguments
{
    /// <summary>
    /// Measures loudness; its result is on the standard error. With <c>ebur128</c> and not with loudnorm's own first pass:
    /// the same measurement (BS.1770 with true peaks), five times faster, since loudnorm also normalises what is thrown away.
    /// </summary>
    public static string Measure(string source, AudioTrack track, TransformProfile profile) => Ffmpeg.Arguments(
        source,
        "-",
        _ => { },
        output => output.WithCustomArgument(
            $"-map 0:{track.Index} -af {string.Join(',', [.. TransformPlan.DownmixFor(track, profile), "ebur128=peak=true:framelog=verbose"])} -f null"),
        verbosity: "info");

    /// <summary>Writes the output as planned.</summary>
    public static string Write(string source, string output, MediaInfo media, TransformPlan plan, TransformProfile profile) => Ffmpeg.Arguments(
        source,
        output,
        _ => { },
        options =>
        {
            options.WithCustomArgument($"-map 0:{media.Video!.Index}");
            if (plan.Audio != StreamTreatment.None)
            {
                options.WithCustomArgument($"-map 0:{media.Audio!.Index}");
            }

            // What it is called and its chapters travel along; subtitles and data streams don't.
            options.WithCustomArgument("-sn -dn -map_metadata 0 -map_chapters 0");
            AddVideo(options, plan, profile);
            AddAudio(options, plan, profile);

            // Long gaps in one stream must not stop the run for want of a place to keep the other's packets.
            options.WithCustomArgument("-max_muxing_queue_size 4096").WithFastStart().ForceFormat("mp4");
        });

    /// <summary>Takes the most representative of some frames of a finished output.</summary>
    /// <param name="at">Where to look; titles and black frames are mostly at the start.</param>
    public static string Thumbnail(string output, string thumbnail, TimeSpan at, TransformProfile profile) => Ffmpeg.Arguments(
        output,
        thumbnail,
        input => input.WithCustomArgument(FormattableString.Invariant($"-ss {at.TotalSeconds:0.###}")),
        options => options
            .WithCustomArgument($"-map 0:v:0 -vf \"thumbnail=24,scale='min({profile.ThumbnailWidth},iw)':-2:flags=lanczos\" -frames:v 1 -q:v 3 -update 1")
            .ForceFormat("image2"));

    /// <summary>Reads the packets of a stream without decoding them: how long is it really?</summary>
    public static string Demux(string source, MediaInfo media) => Ffmpeg.Arguments(
        source, "-", _ => { }, output => output.WithCustomArgument($"-map 0:{media.Video!.Index} -c copy -f null"), verbosity: "fatal");

    private static void AddVideo(FFMpegOutputOptions options, TransformPlan plan, TransformProfile profile)
    {
        if (plan.Video == StreamTreatment.Copied)
        {
            options.WithVideoCodec("copy");
            return;
        }

        options
            .WithVideoCodec("libx264")
            .WithCustomArgument($"-vf \"{string.Join(',', plan.Filters)}\" -preset {profile.Preset} -crf {profile.Crf} -pix_fmt yuv420p -profile:v high");
    }

    private static void AddAudio(FFMpegOutputOptions options, TransformPlan plan, TransformProfile profile)
    {
        switch (plan.Audio)
        {
            case StreamTreatment.None:
                options.WithCustomArgument("-an");
                break;
            case StreamTreatment.Copied:
                options.WithAudioCodec("copy");
                break;
            default:
                options
                    .WithAudioCodec("aac")
                    .WithCustomArgument($"-af \"{string.Join(',', plan.AudioFilters)}\" -b:a {profile.AudioBitRate} -ar {profile.SampleRate}");
                break;
        }
    }
}
