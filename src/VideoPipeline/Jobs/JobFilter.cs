using VideoPipeline.Database;

namespace VideoPipeline.Jobs;

/// <summary>Which jobs a listing or a bulk operation means; what is null doesn't matter.</summary>
public sealed record JobFilter
{
    private const int MaxTextLength = 200;

    public JobStatus? Status { get; init; }

    public JobType? JobType { get; init; }

    public long? VideoId { get; init; }

    public long? ChannelId { get; init; }

    /// <summary>Whether the attempts have used up the budget. In a listing without a status it means failed jobs.</summary>
    public bool? MaxAttemptsReached { get; init; }

    /// <summary>Within the error message, in upper or lower case.</summary>
    public string? ErrorContains { get; init; }

    /// <summary>Created at this time or later.</summary>
    public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>Created before this time.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <exception cref="InvalidRequestException">Names the fields with this before them.</exception>
    public void Validate(string prefix = "")
    {
        var errors = new RequestErrors();
        errors.AddIf(ErrorContains?.Length is 0 or > MaxTextLength, $"{prefix}errorContains", $"must have 1 to {MaxTextLength} characters");
        errors.AddIf(CreatedAfter >= CreatedBefore, $"{prefix}createdBefore", "must be later than createdAfter");
        errors.ThrowIfAny();
    }

    public IQueryable<VideoProcessingJob> Apply(IQueryable<VideoProcessingJob> jobs)
    {
        if (Status is { } status)
        {
            jobs = jobs.Where(j => j.Status == status);
        }

        if (JobType is { } jobType)
        {
            jobs = jobs.Where(j => j.JobType == jobType);
        }

        if (VideoId is { } videoId)
        {
            jobs = jobs.Where(j => j.VideoId == videoId);
        }

        if (ChannelId is { } channelId)
        {
            jobs = jobs.Where(j => j.ChannelId == channelId);
        }

        if (MaxAttemptsReached is { } reached)
        {
            jobs = jobs.Where(j => j.Attempts - j.LostAttempts >= j.MaxAttempts == reached);
        }

        if (ErrorContains is { } text)
        {
            jobs = jobs.WhereContains(j => j.ErrorMessage, text);
        }

        if (CreatedAfter is { } after)
        {
            jobs = jobs.Where(j => j.CreatedAt >= after);
        }

        if (CreatedBefore is { } before)
        {
            jobs = jobs.Where(j => j.CreatedAt < before);
        }

        return jobs;
    }
}
