using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Stages.Media;

/// <summary>Settings <c>VideoPipeline:Ffmpeg</c>.</summary>
public sealed class FfmpegOptions
{
    /// <summary>The folder that has <c>ffmpeg</c> and <c>ffprobe</c>; empty for those on the <c>PATH</c>.</summary>
    public string BinaryFolder { get; set; } = "";

    /// <summary>How long ffprobe may take to look at one file.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A run of ffmpeg whose position hasn't moved for so long is stopped and the job tried again; null for never.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan? StallTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one run of ffmpeg may take, whatever it does.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan RunTimeout { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The render node of the device that encodes where a profile asks for <c>Vaapi</c>.</summary>
    [RegularExpression("[A-Za-z0-9/._-]+", ErrorMessage = "must be a path of letters, digits and / . _ -")]
    public string VaapiDevice { get; set; } = "/dev/dri/renderD128";

    /// <summary>What to start for this program.</summary>
    public string PathOf(string program) => BinaryFolder.Length == 0 ? program : Path.Combine(BinaryFolder, program);
}
