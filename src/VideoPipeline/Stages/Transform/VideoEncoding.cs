namespace VideoPipeline.Stages.Transform;

/// <summary>What encodes pictures.</summary>
public enum EncoderChoice
{
    /// <summary>x264 and x265, on the processor: the smallest files of a quality, everywhere the same.</summary>
    Software,

    /// <summary>The first of the hardware encoders that works here, else software.</summary>
    Auto,

    /// <summary>NVIDIA's.</summary>
    Nvenc,

    /// <summary>Intel's Quick Sync Video.</summary>
    Qsv,

    /// <summary>Linux's interface to those of AMD and Intel.</summary>
    Vaapi,

    /// <summary>Apple's.</summary>
    VideoToolbox,
}

/// <summary>ffmpeg's arguments for one encoder.</summary>
/// <param name="Encoder">As ffmpeg calls it.</param>
/// <param name="Device">Arguments before the inputs.</param>
/// <param name="Filters">The last ones of the picture's: into the format, and to the place, that the encoder takes.</param>
/// <param name="Arguments">Of the output.</param>
public sealed record VideoEncoding(EncoderChoice Choice, string Encoder, string Device, IReadOnlyList<string> Filters, string Arguments)
{
    public bool IsHardware => Choice != EncoderChoice.Software;

    /// <param name="choice">Not <see cref="EncoderChoice.Auto"/>.</param>
    /// <param name="vaapiDevice">The render node that VA-API uses.</param>
    public static VideoEncoding Of(EncoderChoice choice, TransformProfile profile, string vaapiDevice)
    {
        var h265 = profile.VideoCodec == VideoCodec.H265;
        var deep = profile.PixelFormat == "yuv420p10le";
        var (name, codecProfile) = (h265 ? "hevc" : "h264", (h265, deep) switch { (true, true) => "main10", (true, false) => "main", _ => "high" });

        // The same numbers with the same direction on every one of these scales but Apple's; not the same quality to the dot.
        var surface = deep ? "p010le" : "nv12";
        return choice switch
        {
            EncoderChoice.Nvenc => new(
                choice, $"{name}_nvenc", "", [], $"-preset p5 -rc vbr -cq {Math.Max(1, profile.Crf)} -b:v 0 -pix_fmt {(deep ? surface : "yuv420p")} -profile:v {codecProfile}"),
            EncoderChoice.Qsv => new(
                choice, $"{name}_qsv", "", [], $"-preset medium -global_quality {Math.Max(1, profile.Crf)} -pix_fmt {surface} -profile:v {codecProfile}"),
            EncoderChoice.Vaapi => new(
                choice, $"{name}_vaapi", $"-vaapi_device {vaapiDevice}", [$"format={surface}", "hwupload"], $"-rc_mode CQP -qp {Math.Max(1, profile.Crf)} -profile:v {codecProfile}"),
            EncoderChoice.VideoToolbox => new(
                choice, $"{name}_videotoolbox", "", [], $"-q:v {AppleQuality(profile.Crf)} -pix_fmt {(deep ? surface : "yuv420p")} -profile:v {codecProfile}"),
            _ => new(
                EncoderChoice.Software,
                h265 ? "libx265" : "libx264",
                "",
                [],

                // x265 has a log of its own, which would push ffmpeg's last words out of the errors that are kept.
                $"-preset {profile.Preset} -crf {profile.Crf} -pix_fmt {profile.PixelFormat} -profile:v {codecProfile}{(h265 ? " -x265-params log-level=error" : "")}"),
        };
    }

    /// <summary>Apple's scale goes up to 100 for the best.</summary>
    private static int AppleQuality(int crf) => Math.Clamp(100 - (int)Math.Round(crf * 1.75), 1, 100);
}
