using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>How loud a track is, and what brings it to the profile's loudness.</summary>
/// <param name="before">Filters that change its loudness before it is measured.</param>
internal sealed class SoundMeasurement(TransformSteps steps, FfmpegInput file, AudioTrack track, IReadOnlyList<string> before, TransformProfile profile)
{
    // Each comes much nearer than the one before.
    private const int MaxRehearsals = 4;

    /// <returns>Null when there is no sound that can be measured.</returns>
    /// <exception cref="PermanentFailureException">It can't be decoded.</exception>
    public Task<Loudness?> MeasureAsync(double from, double to, CancellationToken cancellationToken) => MeasureAsync(before, from, to, cancellationToken);

    /// <summary>The normalisation that it needs, tried out on the sound alone while it costs no encoding of the picture.</summary>
    public async Task<Normalisation?> RehearseAsync(Loudness? measured, double at, CancellationToken cancellationToken)
    {
        var chosen = Normalisation.Of(measured, profile);
        for (var rehearsals = 0; chosen?.PeakLimit is not null && rehearsals < MaxRehearsals; rehearsals++)
        {
            var heard = await MeasureAsync([.. before, .. chosen.Filters], at, at, cancellationToken);
            if (heard is null || chosen.Corrected(heard, profile) == chosen)
            {
                break;
            }

            chosen = chosen.Corrected(heard, profile);
        }

        return chosen;
    }

    private async Task<Loudness?> MeasureAsync(IReadOnlyList<string> filters, double from, double to, CancellationToken cancellationToken)
    {
        try
        {
            return Loudness.Parse((await steps.RunAsync(TransformArguments.Measure(file, track, filters), from, to, cancellationToken)).Errors);
        }
        catch (FfmpegException exception)
        {
            throw steps.Failure("its sound can't be decoded", exception);
        }
    }
}
