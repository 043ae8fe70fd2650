using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;

namespace VideoPipeline.GitHub;

/// <summary>
/// Has GitHub run the jobs of the types for which a workflow is set, in the queue's order and within the limit of runs. Every
/// node that runs jobs has one; each step of a dispatch is taken by one of them.
/// </summary>
/// <remarks>
/// GitHub's dispatch can't be repeated safely: it has no idempotency key, and answers late. So the intent is committed first,
/// the run carries the attempt's token in its title, and after an unclear answer GitHub's list of runs is asked before GitHub
/// is asked for another. Should two runs come of one dispatch nevertheless, the token is bound to the first that is seen: the
/// other one's reports are refused, and it is cancelled.
/// </remarks>
internal sealed class WorkflowDispatcher : BackgroundService
{
    /// <summary>At most so long without a look: another node may have freed a place.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>A refusal is the settings' fault and meets every job: the longer it lasts, the fewer jobs it costs.</summary>
    private static readonly TimeSpan FirstRefusalPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRefusalPause = TimeSpan.FromHours(1);

    /// <summary>After so long a run in a repository that can't be seen isn't cancelled any more.</summary>
    private static readonly TimeSpan OutOfReach = TimeSpan.FromDays(1);

    private readonly WorkflowDispatches _rows;
    private readonly GitHubClient _client;
    private readonly PauseState _pauses;
    private readonly ThisNode _node;
    private readonly IOptions<GitHubOptions> _options;
    private readonly IOptions<RetryOptions> _retry;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkflowDispatcher> _logger;
    private readonly SemaphoreSlim _woken = new(0, 1);
    private readonly Dictionary<JobType, (int Count, DateTimeOffset Until)> _refusals = [];
    private DateTimeOffset _notBefore;

    public WorkflowDispatcher(
        WorkflowDispatches rows,
        GitHubClient client,
        PauseState pauses,
        JobSignals signals,
        ThisNode node,
        IOptions<GitHubOptions> options,
        IOptions<RetryOptions> retry,
        TimeProvider time,
        ILogger<WorkflowDispatcher> logger)
    {
        _rows = rows;
        _client = client;
        _pauses = pauses;
        _node = node;
        _options = options;
        _retry = retry;
        _time = time;
        _logger = logger;
        signals.Queued += jobs => WakeFor(jobs.Select(job => job.JobType));
        signals.Left += left => WakeFor([left.JobType]);
    }

    /// <summary>Long enough for the calls of one step, and what is written after them.</summary>
    private TimeSpan Hold => 3 * _options.Value.RequestTimeout;

    public override void Dispose()
    {
        _woken.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.Value.Dispatch.Count == 0 || !_node.RunsJobs)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            var delay = Longest;
            var resumed = _pauses.Changed;
            try
            {
                delay = await PassAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                _logger.LogError(exception, "Dispatching workflows failed; it is tried again in {Delay}", Longest);
            }
            catch (OperationCanceledException)
            {
                // The process shuts down. What was under way is found open by the next one.
            }

            await WaitAsync(delay, resumed, stoppingToken);
        }
    }

    /// <summary>Does what is due, and starts what may be.</summary>
    /// <returns>How long nothing is to be done, unless something happens.</returns>
    private async Task<TimeSpan> PassAsync(CancellationToken cancellationToken)
    {
        var (due, next) = await _rows.DueAsync(cancellationToken);
        foreach (var open in due)
        {
            if (_time.GetUtcNow() >= _notBefore && await _rows.TakeAsync(open.Dispatch, Hold, cancellationToken))
            {
                await StepAsync(open, DispatchSteps.First(open), cancellationToken);
            }
        }

        if (due.Count > 0)
        {
            // Each has another time now, which the next pass reads; unless GitHub wants to be left alone.
            next = _time.GetUtcNow() > _notBefore ? _time.GetUtcNow() : _notBefore;
        }

        foreach (var jobType in JobTypes.All)
        {
            // Read anew each time: a rate limit, a refusal or a pause in between ends it.
            while (_options.Value.DispatchOf(jobType) is { } target && MayStart(jobType)
                && await _rows.ClaimAsync(jobType, target, Hold, cancellationToken) is { } claimed)
            {
                await StepAsync(claimed, DispatchStep.Send, cancellationToken);
                next = _time.GetUtcNow() > _notBefore ? _time.GetUtcNow() : _notBefore;
            }
        }

        var delay = next - _time.GetUtcNow();
        return delay is null || delay > Longest ? Longest : delay > TimeSpan.Zero ? delay.Value : TimeSpan.Zero;
    }

    private bool MayStart(JobType jobType)
    {
        var now = _time.GetUtcNow();
        return now >= _notBefore && !_pauses.IsPaused(jobType) && !(_refusals.TryGetValue(jobType, out var refusal) && now < refusal.Until);
    }

    private async Task StepAsync(OpenDispatch open, DispatchStep step, CancellationToken cancellationToken)
    {
        var dispatch = open.Dispatch;
        try
        {
            switch (step)
            {
                case DispatchStep.Send:
                    await SendAsync(dispatch, cancellationToken);
                    break;
                case DispatchStep.Look:
                    await LookAsync(open, cancellationToken);
                    break;
                case DispatchStep.Follow:
                    await FollowAsync(dispatch, cancellationToken);
                    break;
                case DispatchStep.Cancel:
                    await CancelAsync(dispatch, cancellationToken);
                    break;
                case DispatchStep.NeverStarted:
                    await FailAsync(dispatch, $"GitHub was asked {dispatch.Sends} times for a run of {dispatch.Workflow}, and none has appeared.", permanent: false, cancellationToken);
                    break;
                case DispatchStep.Forget:
                    await _rows.EndAsync(dispatch, "never started", cancellationToken);
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down: the next one, or another node, needn't wait until the hold is over.
            await _rows.LaterAsync(dispatch, _time.GetUtcNow(), CancellationToken.None);
            throw;
        }
        catch (GitHubException exception)
        {
            _logger.LogWarning("Job {JobId}, {Step}: {Message}", dispatch.JobId, step, exception.Message);
            _notBefore = exception.Until > _notBefore ? exception.Until.Value : _notBefore;
            await _rows.LaterAsync(dispatch, exception.Until ?? _time.GetUtcNow() + DispatchSteps.Delay(dispatch.Looks, _options.Value.PollInterval), cancellationToken);
        }
    }

    private async Task SendAsync(WorkflowDispatch dispatch, CancellationToken cancellationToken)
    {
        if (!await _rows.SendingAsync(dispatch, cancellationToken))
        {
            return;
        }

        // The process may die from here on: the row says that GitHub was asked, so that whoever finds it looks first.
        try
        {
            var runId = await _client.DispatchAsync(dispatch, InputsOf(dispatch), cancellationToken);
            _refusals.Remove(dispatch.JobType);
            await _rows.AcceptedAsync(dispatch, _time.GetUtcNow() + (runId is null ? DispatchSteps.Delay(0, _options.Value.PollInterval) : _options.Value.PollInterval), cancellationToken);
            if (runId is { } id)
            {
                await _rows.UpdateAsync(
                    new GitHubRun(id, Attempt: null, WorkflowDispatch.TitleOf(dispatch.JobId, dispatch.Token), Status: "queued", Conclusion: null), cancellationToken);
            }
        }
        catch (GitHubException exception) when (exception.Kind == GitHubFailureKind.RateLimited)
        {
            // Nothing was started, and no attempt is spent: the job waits until GitHub lets us ask again.
            _notBefore = exception.Until!.Value;
            await _rows.EndAttemptAsync(dispatch, "rate limit", (job, now) => Transition.Snooze(job, exception.Message, exception.Until.Value, now), cancellationToken);
        }
        catch (GitHubException exception) when (exception.Kind is GitHubFailureKind.Refused or GitHubFailureKind.NotFound)
        {
            var count = _refusals.GetValueOrDefault(dispatch.JobType).Count + 1;
            var pause = FirstRefusalPause * Math.Pow(2, Math.Min(count - 1, 10));
            _refusals[dispatch.JobType] = (count, _time.GetUtcNow() + (pause < LongestRefusalPause ? pause : LongestRefusalPause));
            await FailAsync(dispatch, exception.Message, permanent: true, cancellationToken);
        }
    }

    private async Task LookAsync(OpenDispatch open, CancellationToken cancellationToken)
    {
        var dispatch = open.Dispatch;
        var runs = await _client.FindRunsAsync(
            dispatch, WorkflowDispatch.TitleOf(dispatch.JobId, dispatch.Token), dispatch.CreatedAt - TimeSpan.FromMinutes(1), cancellationToken);
        foreach (var run in runs)
        {
            await _rows.UpdateAsync(run, cancellationToken);
        }

        var now = _time.GetUtcNow();
        var next = runs.Count > 0 ? DispatchStep.Follow : DispatchSteps.AfterLook(open, _options.Value.AppearsWithin, now);
        switch (next)
        {
            case DispatchStep.Follow when !open.IsHeld:
                // To be cancelled now that it is known.
                await _rows.LaterAsync(dispatch, now, cancellationToken);
                break;
            case DispatchStep.Follow:
                await _rows.LaterAsync(dispatch, now + _options.Value.PollInterval, cancellationToken);
                break;
            case DispatchStep.Look:
                var longest = dispatch.Accepted ? _options.Value.PollInterval : Shorter(_options.Value.AppearsWithin / 4, _options.Value.PollInterval);
                await _rows.LaterAsync(dispatch, now + DispatchSteps.Delay(dispatch.Looks, longest), cancellationToken);
                break;
            default:
                await StepAsync(open, next, cancellationToken);
                break;
        }
    }

    private async Task CancelAsync(WorkflowDispatch dispatch, CancellationToken cancellationToken)
    {
        try
        {
            await _client.CancelRunAsync(dispatch.Repository, dispatch.RunId!.Value, cancellationToken);
            await _rows.EndAsync(dispatch, "cancelled", cancellationToken);
        }
        catch (GitHubException exception) when (exception.Kind == GitHubFailureKind.NotFound && _time.GetUtcNow() - dispatch.CreatedAt > OutOfReach)
        {
            // The repository may be gone for good, and the dispatch has one of the type's places.
            _logger.LogWarning("Workflow run {RunId} of job {JobId} isn't cancelled: {Message}", dispatch.RunId, dispatch.JobId, exception.Message);
            await _rows.EndAsync(dispatch, "out of reach", cancellationToken);
        }
    }

    private async Task FollowAsync(WorkflowDispatch dispatch, CancellationToken cancellationToken)
    {
        if (await _client.GetRunAsync(dispatch.Repository, dispatch.RunId!.Value, cancellationToken) is { } run)
        {
            await _rows.UpdateAsync(run, cancellationToken);
            await _rows.LaterAsync(dispatch, _time.GetUtcNow() + _options.Value.PollInterval, cancellationToken);
        }
        else
        {
            await FailAsync(dispatch, $"GitHub workflow run {dispatch.RunId} was deleted.", permanent: false, cancellationToken);
        }
    }

    private Task FailAsync(WorkflowDispatch dispatch, string message, bool permanent, CancellationToken cancellationToken) => _rows.EndAttemptAsync(
        dispatch,
        "failed",
        (job, now) => Transition.Fail(
            job, JobError.OfWorkflow(message, permanent, dispatch.RunId, details: null), permanent, RetryBackoff.Delay(job, _retry.Value, random: 0), now),
        cancellationToken);

    /// <summary>What the workflow must declare as its inputs.</summary>
    private Dictionary<string, string> InputsOf(WorkflowDispatch dispatch) => new(StringComparer.Ordinal)
    {
        ["job_id"] = dispatch.JobId.ToString(CultureInfo.InvariantCulture),
        ["token"] = dispatch.Token.ToString("N"),
        ["api_url"] = _options.Value.CallbackUrl.TrimEnd('/'),
    };

    private void WakeFor(IEnumerable<JobType> jobTypes)
    {
        if (_options.Value.Dispatch.Count > 0 && jobTypes.Any(jobType => _options.Value.DispatchOf(jobType) is not null))
        {
            try
            {
                _woken.Release();
            }
            catch (SemaphoreFullException)
            {
                // Awake already.
            }
            catch (ObjectDisposedException)
            {
                // The process shuts down.
            }
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken resumed, CancellationToken cancellationToken)
    {
        // A millisecond more, since timers count whole ones and must not fire before.
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, resumed);
        var timer = Task.Delay(delay + TimeSpan.FromMilliseconds(1), _time, waiting.Token);
        var woken = _woken.WaitAsync(waiting.Token);
        await Task.WhenAny(timer, woken);
        await waiting.CancelAsync();
        await Task.WhenAll(timer, woken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
