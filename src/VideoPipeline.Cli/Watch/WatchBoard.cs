using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Watch;

/// <summary>What a watcher knows: the jobs that run, and what has ended since it began.</summary>
internal sealed class WatchBoard
{
    private readonly SortedDictionary<long, JobAnswer> _running = [];
    private readonly Dictionary<long, string> _titles = [];
    private readonly HashSet<long> _published = [];
    private readonly HashSet<long> _failed = [];

    /// <summary>By their ids, which is the order in which they were created.</summary>
    public IReadOnlyCollection<JobAnswer> Running => _running.Values;

    public int Published => _published.Count;

    public int Failed => _failed.Count;

    /// <summary>What waits; null as long as nobody has asked.</summary>
    public WaitingCounts? Waiting { get; set; }

    /// <summary>What is paused, in words; null when nothing is.</summary>
    public string? Paused { get; set; }

    /// <summary>Takes what was loaded, instead of all that was known to run.</summary>
    public void Load(IEnumerable<JobAnswer> running)
    {
        _running.Clear();
        foreach (var job in running)
        {
            Apply(job);
        }
    }

    public void Apply(JobAnswer job)
    {
        if (job is { VideoId: { } video, VideoTitle: { } title })
        {
            _titles[video] = title;
        }

        // An event may be about what the list has told already, or less.
        if (_running.TryGetValue(job.Id, out var known) && known.UpdatedAt > job.UpdatedAt)
        {
            return;
        }

        if (job.Status == "processing")
        {
            _running[job.Id] = job;
        }
        else
        {
            _running.Remove(job.Id);
        }

        // A job that failed may be retried, and then succeed.
        Count(_failed, job, job.Status == "failed");
        Count(_published, job, job is { JobType: "publish", Status: "completed" });
    }

    /// <summary>Takes what has failed since it began, instead of what events have told.</summary>
    public void SetFailed(IEnumerable<long> jobIds)
    {
        _failed.Clear();
        _failed.UnionWith(jobIds);
    }

    public void Name(long videoId, string title) => _titles[videoId] = title;

    public bool HasTitleOf(JobAnswer job) => job.VideoId is not { } video || _titles.ContainsKey(video);

    /// <summary>What a job works on.</summary>
    public string TitleOf(JobAnswer job) => job.VideoId is not { } video ? "the channel's source" : _titles.GetValueOrDefault(video, $"video {video}");

    public string Summary()
    {
        var parts = new List<string> { $"{Amounts.Plural(Published, "video")} published" };
        if (Failed > 0)
        {
            parts.Add($"{Amounts.Plural(Failed, "job")} failed");
        }

        parts.Add($"{_running.Count} running");
        if (Waiting is { } waiting)
        {
            parts.Add($"{waiting.Queued}{(waiting.AreAll ? "" : "+")} waiting");
            if (waiting.Retrying > 0)
            {
                parts.Add($"{waiting.Retrying}{(waiting.AreAll ? "" : "+")} to be tried again");
            }
        }

        return string.Join(", ", parts);
    }

    private static void Count(HashSet<long> ended, JobAnswer job, bool isOne)
    {
        if (isOne)
        {
            ended.Add(job.Id);
        }
        else
        {
            ended.Remove(job.Id);
        }
    }
}

/// <param name="AreAll">False when there may be more.</param>
/// <param name="AnyActive">Whether any job waits or runs.</param>
internal readonly record struct WaitingCounts(int Queued, int Retrying, bool AreAll, bool AnyActive);
