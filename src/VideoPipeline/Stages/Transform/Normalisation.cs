namespace VideoPipeline.Stages.Transform;

/// <summary>
/// How sound is brought to the profile's loudness: one gain for all of it, so that its dynamics stay, and a limiter for the
/// peaks that this would lift too high.
/// </summary>
/// <param name="Gain">In dB.</param>
/// <param name="PeakLimit">In dBTP; null when the peaks are low enough by themselves.</param>
public sealed record Normalisation(double Gain, double? PeakLimit)
{
    // In LU: what is further off is worth a change to sound that is encoded anyway. Encoding itself may add a tenth or so.
    private const double Accuracy = 0.3;

    // Peaks between samples are seen at four times the rate (BS.1770, annex 2).
    private const int OversampledRate = 192_000;

    /// <summary>For ffmpeg. The encoder's rate is restored after it.</summary>
    public IReadOnlyList<string> Filters => PeakLimit is { } limit
        ?
        [
            $"aresample={OversampledRate}",
            FormattableString.Invariant($"volume={Gain:0.##}dB"),
            FormattableString.Invariant($"alimiter=level=false:limit={Math.Pow(10, limit / 20):0.####}:attack=5:release=50"),
        ]
        : [FormattableString.Invariant($"volume={Gain:0.##}dB")];

    /// <summary>
    /// For sound that is encoded, be it for its loudness or not: near the profile's tolerance, encoding could put it outside.
    /// Null when there is nothing to do: without a target, with silence, or when it is there already.
    /// </summary>
    public static Normalisation? Of(Loudness? measured, TransformProfile profile)
    {
        if (measured is null or { IsSilent: true } || profile.Loudness is not { } target || Math.Abs(target - measured.Integrated) <= Accuracy)
        {
            return null;
        }

        var gain = target - measured.Integrated;
        return new(gain, measured.TruePeak + gain <= profile.MaxTruePeak ? null : profile.MaxTruePeak);
    }

    /// <summary>Whether sound is further from the profile's loudness than it allows; silence is as loud as it can be.</summary>
    public static bool IsOff(Loudness measured, TransformProfile profile) =>
        profile.Loudness is { } target && !measured.IsSilent && Math.Abs(measured.Integrated - target) > profile.LoudnessTolerance;

    /// <summary>The next thing to try, since holding peaks down takes loudness away.</summary>
    /// <param name="rehearsed">With this normalisation.</param>
    /// <returns>This one when it is good enough.</returns>
    public Normalisation Corrected(Loudness rehearsed, TransformProfile profile)
    {
        var missing = profile.Loudness!.Value - rehearsed.Integrated;
        return Math.Abs(missing) <= Accuracy ? this : this with { Gain = Gain + missing };
    }
}
