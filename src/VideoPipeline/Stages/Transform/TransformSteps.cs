using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>The runs of ffmpeg that one transform consists of: their command lines, and their shares of its progress.</summary>
internal sealed class TransformSteps(Ffmpeg ffmpeg, StageContext context, TimeSpan? duration)
{
    private readonly List<string> _commands = [];

    public IReadOnlyList<string> Commands => _commands;

    /// <summary>What runs are about, for the progress; null when unknown.</summary>
    public TimeSpan? Duration { get; set; } = duration;

    /// <param name="from">Percent of the whole at its beginning.</param>
    /// <param name="to">Percent of the whole at its end.</param>
    public Task<FfmpegResult> RunAsync(string arguments, double from, double to, CancellationToken cancellationToken)
    {
        _commands.Add($"ffmpeg {arguments}");
        return ffmpeg.RunAsync(
            arguments,
            Duration,
            progress => context.ReportProgress(progress with { Percent = from + (progress.Percent * (to - from) / 100) }),
            cancellationToken);
    }

    public PermanentFailureException Failure(string what, FfmpegException exception) =>
        new($"{context.Video!.Title} can't be transformed, {what}: {exception.Message}", exception) { Details = exception.Details };
}
