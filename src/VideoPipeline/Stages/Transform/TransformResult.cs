using System.Text.Json.Serialization;

namespace VideoPipeline.Stages.Transform;

/// <summary>A transform job's <c>result</c>.</summary>
/// <param name="Profile">The profile's own name, whatever the channel calls it.</param>
/// <param name="Loudness">Of the source, before normalisation; null without audio or when it is silent.</param>
/// <param name="Encoder">What encoded the picture, as ffmpeg calls it; null when nothing did.</param>
/// <param name="Ssim">Of the picture to what the encoder was given; null when the profile has no <c>MinSsim</c> or nothing was encoded.</param>
/// <param name="Commands">What was run, for whoever wants to run it by hand.</param>
public sealed record TransformResult(
    string Profile,
    [property: JsonConverter(typeof(LowerCaseEnumConverter<StreamTreatment>))] StreamTreatment Video,
    [property: JsonConverter(typeof(LowerCaseEnumConverter<StreamTreatment>))] StreamTreatment Audio,
    MeasuredLoudness? Loudness,
    double DurationSeconds,
    int Width,
    int Height,
    long SizeBytes,
    string Sha256,
    string? Encoder,
    double? Ssim,
    IReadOnlyList<string> Commands);

/// <param name="IntegratedLufs">EBU R 128 integrated loudness.</param>
/// <param name="TruePeakDbtp">Maximum true peak.</param>
/// <param name="RangeLu">Loudness range.</param>
public sealed record MeasuredLoudness(double IntegratedLufs, double TruePeakDbtp, double RangeLu);
