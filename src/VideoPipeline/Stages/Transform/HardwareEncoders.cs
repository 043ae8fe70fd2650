using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>
/// Which hardware encoders work on this machine. That ffmpeg has one says nothing of it: whether there is a device, a driver
/// of the right version and the right to use it is known once some frames have been encoded.
/// </summary>
public sealed class HardwareEncoders(
    Ffmpeg ffmpeg, IOptions<FfmpegOptions> options, TransformProfiles profiles, TimeProvider time, ILogger<HardwareEncoders> logger) : IDisposable
{
    // A driver that hangs must not keep transforms waiting for ever.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(20);

    // A device that was busy or being updated is worth another look.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(10);

    private static readonly EncoderChoice[] InOrder = [EncoderChoice.Nvenc, EncoderChoice.Qsv, EncoderChoice.VideoToolbox, EncoderChoice.Vaapi];

    private readonly Dictionary<(EncoderChoice Choice, VideoCodec Codec, string PixelFormat), State> _states = [];
    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>What encodes for this profile: what it asks for if that works, else software.</summary>
    public async Task<VideoEncoding> ChooseAsync(TransformProfile profile, CancellationToken cancellationToken)
    {
        foreach (var choice in Candidates(profile.Encoder))
        {
            if ((await LookAsync(choice, profile, cancellationToken)).Problem is null)
            {
                return VideoEncoding.Of(choice, profile, options.Value.VaapiDevice);
            }
        }

        return VideoEncoding.Of(EncoderChoice.Software, profile, options.Value.VaapiDevice);
    }

    /// <summary>Remembers, for health, that an encoder which had worked failed in the middle of a video; software did it then.</summary>
    public void ReportFailure(VideoEncoding encoding, TransformProfile profile, string problem)
    {
        logger.LogWarning("{Encoder} failed, so software encodes this video: {Problem}", encoding.Encoder, problem);
        lock (_states)
        {
            if (_states.TryGetValue(KeyOf(encoding.Choice, profile), out var state))
            {
                _states[KeyOf(encoding.Choice, profile)] = state with { LastFailure = problem, LastFailureAt = time.GetUtcNow() };
            }
        }
    }

    /// <summary>What is asked for by any profile and what there is of it, for people.</summary>
    /// <returns>A warning when there is something to warn of.</returns>
    public async Task<(string Detail, string? Warning)> DescribeAsync(CancellationToken cancellationToken)
    {
        var asking = profiles.Names.Select(name => profiles.Find(name)!)
            .Where(profile => profile.Encoder != EncoderChoice.Software && profile.NeedsVideo).DistinctBy(profile => profile.Name).ToList();
        if (asking.Count == 0)
        {
            return ("Software; no profile asks for another.", null);
        }

        var details = new List<string>();
        var warnings = new List<string>();
        foreach (var profile in asking)
        {
            var chosen = await ChooseAsync(profile, cancellationToken);
            details.Add($"{profile.Name}: {chosen.Encoder}");
            foreach (var choice in chosen.IsHardware ? [chosen.Choice] : Candidates(profile.Encoder))
            {
                var state = await LookAsync(choice, profile, cancellationToken);
                if (state.Problem is { } problem && profile.Encoder != EncoderChoice.Auto)
                {
                    warnings.Add($"{choice} for {profile.Name} doesn't work here, software does it: {problem}");
                }
                else if (state.LastFailure is { } failure)
                {
                    warnings.Add($"{choice} failed at {state.LastFailureAt:u}, software did it: {failure}");
                }
            }
        }

        return (string.Join("; ", details), warnings.Count > 0 ? string.Join(" ", warnings.Distinct()) : null);
    }

    public void Dispose() => _oneAtATime.Dispose();

    private static EncoderChoice[] Candidates(EncoderChoice asked) => asked switch
    {
        EncoderChoice.Software => [],
        EncoderChoice.Auto => InOrder,
        _ => [asked],
    };

    private static (EncoderChoice Choice, VideoCodec Codec, string PixelFormat) KeyOf(EncoderChoice choice, TransformProfile profile) =>
        (choice, profile.VideoCodec, profile.PixelFormat);

    private async Task<State> LookAsync(EncoderChoice choice, TransformProfile profile, CancellationToken cancellationToken)
    {
        // One at a time: devices have few sessions, and who comes second finds the answer.
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            State? known;
            lock (_states)
            {
                known = _states.GetValueOrDefault(KeyOf(choice, profile));
            }

            if (known is not null && (known.Problem is null || time.GetUtcNow() - known.At < LookAgainAfter))
            {
                return known;
            }

            var problem = await ProbeAsync(VideoEncoding.Of(choice, profile, options.Value.VaapiDevice), cancellationToken);
            logger.LogInformation("Hardware encoder {Encoder}: {State}", choice, problem ?? "works");
            lock (_states)
            {
                return _states[KeyOf(choice, profile)] = new(problem, time.GetUtcNow());
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <returns>Null when it works.</returns>
    private async Task<string?> ProbeAsync(VideoEncoding encoding, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ProbeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await ffmpeg.RunAsync(TransformArguments.TryEncoder(encoding), duration: null, _ => { }, either.Token);
            return null;
        }
        catch (FfmpegException exception)
        {
            return exception.Message;
        }
        catch (StageException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"some frames took longer than {ProbeTimeout.TotalSeconds:0} s";
        }
    }

    private sealed record State(string? Problem, DateTimeOffset At)
    {
        public string? LastFailure { get; init; }

        public DateTimeOffset LastFailureAt { get; init; }
    }
}
