using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Stages.Transform;

public enum WatermarkPosition
{
    BottomRight,
    BottomLeft,
    TopRight,
    TopLeft,
    Center,
}

/// <summary>An image that is laid over the picture. Settings <c>Watermark</c> of a profile.</summary>
[SettingsGroup]
public sealed record Watermark
{
    /// <summary>PNG, JPEG or WebP; empty for none.</summary>
    public string File { get; init; } = "";

    [EnumDataType(typeof(WatermarkPosition))]
    public WatermarkPosition Position { get; init; }

    /// <summary>Its width as a share of the picture's. It keeps its aspect, and is made smaller where it would be too high.</summary>
    [Range(0.01, 1)]
    public double Size { get; init; } = 0.15;

    /// <summary>Its distance from the edges as a share of the picture's shorter side.</summary>
    [Range(0, 0.4)]
    public double Margin { get; init; } = 0.03;

    /// <summary>1 leaves the image as it is; less lets the picture through.</summary>
    [Range(0.01, 1)]
    public double Opacity { get; init; } = 1;

    internal bool IsNone => File.Length == 0;

    /// <summary>
    /// A part of a filter graph that takes one picture and gives one. The image has one frame, which stays to the end.
    /// </summary>
    /// <param name="picture">What it is laid over.</param>
    /// <param name="input">The number of ffmpeg's input that is the image.</param>
    /// <param name="format">Of the picture, as overlay calls it.</param>
    public string Filter(PictureSize picture, int input, string format)
    {
        var margin = (int)Math.Round(Margin * Math.Min(picture.Width, picture.Height));
        var width = Math.Max(1, Math.Min((int)Math.Round(Size * picture.Width), picture.Width - (2 * margin)));
        var height = Math.Max(1, picture.Height - (2 * margin));
        var (x, y) = Position switch
        {
            WatermarkPosition.TopLeft => ($"{margin}", $"{margin}"),
            WatermarkPosition.TopRight => ($"main_w-overlay_w-{margin}", $"{margin}"),
            WatermarkPosition.BottomLeft => ($"{margin}", $"main_h-overlay_h-{margin}"),
            WatermarkPosition.BottomRight => ($"main_w-overlay_w-{margin}", $"main_h-overlay_h-{margin}"),
            _ => ("(main_w-overlay_w)/2", "(main_h-overlay_h)/2"),
        };
        return FormattableString.Invariant(
            $"null[plain];[{input}:v]format=rgba,scale={width}:{height}:force_original_aspect_ratio=decrease:flags=lanczos,colorchannelmixer=aa={Opacity:0.###}[mark];[plain][mark]overlay=x={x}:y={y}:eof_action=repeat:format={format}");
    }
}
