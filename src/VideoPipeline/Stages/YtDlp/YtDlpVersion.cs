using System.Globalization;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.YtDlp;

/// <param name="Version">As yt-dlp says it: the date of its release, <c>2026.03.17</c>.</param>
/// <param name="AgeDays">Null when the version is no date.</param>
/// <param name="Warning">Null when there is nothing to warn of.</param>
public sealed record InstalledYtDlp(string Version, int? AgeDays, string? Warning);

/// <summary>Which yt-dlp is installed, and whether it is too old: sites change, and it has to keep up with them.</summary>
public sealed class YtDlpVersion(IOptions<YtDlpOptions> options, TimeProvider time, ILogger<YtDlpVersion> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // It may be brought up to date while the service runs; but it takes half a second to say its version.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RememberedMissing = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private (long At, string? Version)? _last;

    /// <summary>Null when it isn't there, or doesn't run.</summary>
    public async Task<InstalledYtDlp?> FindAsync(CancellationToken cancellationToken) =>
        await FindVersionAsync(cancellationToken) is { } version ? Judge(version, options.Value.MaxAgeDays, time.GetUtcNow()) : null;

    internal static InstalledYtDlp Judge(string version, int maxAgeDays, DateTimeOffset now)
    {
        // Nightly builds have a time of day behind the date, others the number of a correction.
        var date = string.Join('.', version.Split('.').Take(3));
        if (!DateOnly.TryParseExact(date, "yyyy.MM.dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var released))
        {
            return new(version, AgeDays: null, Warning: null);
        }

        var age = Math.Max(0, DateOnly.FromDateTime(now.UtcDateTime).DayNumber - released.DayNumber);
        return new(version, age, age <= maxAgeDays ? null
            : $"yt-dlp {version} is {age} days old. Sites such as YouTube stop working with old versions: install the newest one, and name it with VideoPipeline__YtDlp__Path if need be.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await FindAsync(stoppingToken) is { Warning: { } warning })
            {
                logger.LogWarning("{Warning}", warning);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops before it has answered.
        }
    }

    private async Task<string?> FindVersionAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && time.GetElapsedTime(last.At) < (last.Version is null ? RememberedMissing : Remembered))
            {
                return last.Version;
            }

            var version = await AskAsync(cancellationToken);
            _last = (time.GetTimestamp(), version);
            return version;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var output = new StringBuilder();
        try
        {
            var result = await MediaProcess.RunAsync(options.Value.Path, "--ignore-config --version", line => output.AppendLine(line), either.Token);
            return result.ExitCode == 0 && output.ToString().Split('\n')[0].Trim() is { Length: > 0 } version ? version : null;
        }
        catch (TransientFailureException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }
}
