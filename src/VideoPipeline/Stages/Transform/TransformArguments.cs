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
    /// <param name="filters">What is done to the sound before it is measured.</param>
    public static string Measure(string file, AudioTrack track, IEnumerable<string> filters) => Ffmpeg.Arguments(
        file,
        "-",
        _ => { },
        output => output.WithCustomArgument(
            $"-map 0:{track.Index} -af \"{string.Join(',', [.. filters, "ebur128=peak=true:framelog=verbose"])}\" -f null"),
        verbosity: "info");

    /// <summary>Decodes everything and throws it away; what is wrong is on the standard error.</summary>
    public static string Decode(string file) => Ffmpeg.Arguments(
        file, "-", _ => { }, output => output.WithCustomArgument("-map 0:v? -map 0:a? -f null"), verbosity: "error");

    /// <summary>Writes the output as planned.</summary>
    public static string Write(string source, string output, MediaInfo media, TransformPlan plan, TransformProfile profile) => Ffmpeg.Arguments(
        source,
        output,
        _ => { },
        options =>
        {
            if (plan.Video != StreamTreatment.None)
            {
                options.WithCustomArgument($"-map 0:{media.Video!.Index}");
            }

            if (plan.Audio != StreamTreatment.None)
            {
                options.WithCustomArgument($"-map 0:{media.Audio!.Index}");
            }

            // What it is called and its chapters travel along; subtitles and data streams don't.
            options.WithCustomArgument("-sn -dn -map_metadata 0 -map_chapters 0");
            AddVideo(options, plan, profile);
            AddAudio(options, plan, profile);

            // Long gaps in one stream must not stop the run for want of a place to keep the other's packets.
            options.WithCustomArgument("-max_muxing_queue_size 4096");
            if (profile.Container != OutputContainer.Mkv)
            {
                options.WithFastStart();
            }

            options.ForceFormat(profile.Container switch { OutputContainer.Mkv => "matroska", OutputContainer.M4a => "ipod", _ => "mp4" });
        });

    /// <summary>Takes the most representative of some frames.</summary>
    /// <param name="at">Where to look; titles and black frames are mostly at the start.</param>
    public static string Thumbnail(string file, VideoTrack track, string thumbnail, TimeSpan at, TransformProfile profile) => Ffmpeg.Arguments(
        file,
        thumbnail,
        input => input.WithCustomArgument(FormattableString.Invariant($"-ss {at.TotalSeconds:0.###}")),
        options => options
            .WithCustomArgument($"-map 0:{track.Index} -vf \"thumbnail=24,{Squared(track)}scale='min({profile.ThumbnailWidth},iw)':-2:flags=lanczos\" -frames:v 1 -q:v 3 -update 1")
            .ForceFormat("image2"));

    /// <summary>Reads the packets of some streams without decoding them: how long are they really?</summary>
    public static string Demux(string source, params IEnumerable<int> streams) => Ffmpeg.Arguments(
        source,
        "-",
        _ => { },
        output => output.WithCustomArgument($"{string.Join(' ', streams.Select(stream => $"-map 0:{stream}"))} -c copy -f null"),
        verbosity: "fatal");

    /// <summary>Outputs have square pixels; sources needn't.</summary>
    private static string Squared(VideoTrack track) => track.SampleAspectRatio == Ratio.One ? "" : "scale='max(2,trunc(iw*sar/2)*2)':ih,setsar=1,";

    private static void AddVideo(FFMpegOutputOptions options, TransformPlan plan, TransformProfile profile)
    {
        if (plan.Video == StreamTreatment.None)
        {
            options.WithCustomArgument("-vn");
            return;
        }

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

        var (encoder, codecProfile) = profile.VideoCodec == VideoCodec.H265
            ? ("libx265", profile.PixelFormat == "yuv420p10le" ? "main10" : "main")
            : ("libx264", "high");

        // Frames keep their own times. Left to itself, ffmpeg 5.1 repeats frames until an MP4 file's rate is constant.
        options
            .WithVideoCodec(encoder)
            .WithCustomArgument($"-vf \"{string.Join(',', plan.Filters)}\" -preset {profile.Preset} -crf {profile.Crf} -pix_fmt {profile.PixelFormat} -profile:v {codecProfile} -fps_mode vfr");
        if (profile.VideoCodec == VideoCodec.H265)
        {
            // It has a log of its own, which would push ffmpeg's last words out of the errors that are kept.
            options.WithCustomArgument("-x265-params log-level=error");
        }
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
                    .WithAudioCodec(profile.AudioCodec == AudioCodec.Opus ? "libopus" : "aac")
                    .WithCustomArgument($"-af \"{string.Join(',', plan.AudioFilters)}\" -b:a {profile.AudioBitRate} -ar {profile.SampleRate}");
                break;
        }
    }
}
