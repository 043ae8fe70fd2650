using System.Text.RegularExpressions;
using Cronos;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.Transform;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Catalog;

/// <summary>What a channel may be. Reads the file system, changes nothing.</summary>
public sealed class ChannelRules(PipelineFolders folders, TransformProfiles profiles, TimeProvider time)
{
    public const int MaxPatternLength = 500;
    public const int MaxAttributionLength = 500;
    public const double MaxDurationSeconds = 7 * 24 * 3600;
    public const int MaxVideosPerRun = 10_000;

    /// <summary>How long a filter's regular expression may take on one title.</summary>
    public static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>The channel that the request describes, without an id and times.</summary>
    /// <param name="present">The channel as it is when the request changes one: what stays the same is not looked for again on disk.</param>
    /// <exception cref="InvalidRequestException">Names every field that is wrong.</exception>
    public Channel Check(ChannelRequest request, Channel? present = null)
    {
        var errors = new RequestErrors();
        if (ChannelName.Problem(request.Name) is { } problem)
        {
            errors.Add("name", problem);
        }

        var source = present is not null && request.Source == ChannelRequest.Of(present).Source
            ? present.SourceUrl
            : Source(request.Source, errors);
        string? target = null;
        if (request.Target?.Kind == TargetKind.Youtube)
        {
            YouTubeTargetRules.Check(request, present?.YouTube, time.GetUtcNow(), errors);
        }
        else
        {
            errors.AddIf(request.Target?.YouTube is not null, "target.youtube", "must be given for the target youtube only");
            target = TargetFolder(request.Target, request.Source?.Kind == SourceKind.Folder ? source : null, errors);
        }

        errors.AddIf(
            request.Attribution?.Length > MaxAttributionLength, "attribution", $"must have at most {MaxAttributionLength} characters");
        var profile = profiles.Find(request.Profile ?? TransformProfiles.Default);
        errors.AddIf(profile is null, "profile", $"must be one of {string.Join(", ", profiles.Names)}");
        errors.AddIf(
            profile?.Container == OutputContainer.M4a && request.Target?.Kind == TargetKind.Youtube,
            "profile",
            "must be one with a picture for the target youtube, which takes no sound alone");
        errors.AddIf(
            request.Priority is < VideoProcessingJob.MinPriority or > VideoProcessingJob.MaxPriority, "priority", EnqueueRequest.PriorityRange);
        if (request.Cron is not null && CronProblem(request.Cron) is { } cronProblem)
        {
            errors.Add("cron", cronProblem);
        }

        CheckFilters(request.Filters, errors);
        errors.ThrowIfAny();

        return new Channel
        {
            Name = request.Name!,
            SourceKind = request.Source!.Kind!.Value,
            SourceUrl = source!,
            Rights = request.Rights,
            Attribution = request.Attribution,
            Profile = request.Profile ?? TransformProfiles.Default,
            TargetKind = request.Target?.Kind ?? TargetKind.Folder,
            TargetPath = target,
            YouTube = request.Target?.YouTube,
            Cron = request.Cron?.Trim(),
            Filters = request.Filters ?? new(),
            Priority = request.Priority ?? VideoProcessingJob.DefaultPriority,
            AllowPrivateNetworks = request.AllowPrivateNetworks ?? false,
        };
    }

    /// <summary>When the expression comes next; null when there is none.</summary>
    public static DateTimeOffset? NextScrape(string? cron, DateTimeOffset now) =>
        cron is null ? null : CronExpression.Parse(cron).GetNextOccurrence(now, TimeZoneInfo.Utc);

    private string? Source(ChannelSource? source, RequestErrors errors)
    {
        if (source is null)
        {
            errors.Add("source", "is required: {kind, url}");
            return null;
        }

        errors.AddIf(source.Kind is null, "source.kind", $"is required: one of {LowerCaseEnum<SourceKind>.Allowed}");
        return source.Kind switch
        {
            null or SourceKind.Folder => SourceFolder(source, errors),
            SourceKind.Youtube => SourceYouTubeChannel(source, errors),
            _ => SourceAddress(source, errors),
        };
    }

    private static string? SourceYouTubeChannel(ChannelSource source, RequestErrors errors)
    {
        var channel = YouTubeChannelAddress.Parse(source.Url);
        errors.AddIf(
            channel is null,
            "source.url",
            "must be a YouTube channel: https://www.youtube.com/channel/UC..., https://www.youtube.com/@handle, or the id or handle alone");
        return channel?.Url;
    }

    private static string? SourceAddress(ChannelSource source, RequestErrors errors)
    {
        if (!Uri.TryCreate(source.Url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.Host.Length == 0)
        {
            errors.Add("source.url", $"must be an http or https URL for a source of kind {LowerCaseEnum<SourceKind>.Name(source.Kind!.Value)}");
            return null;
        }

        errors.AddIf(address.AbsoluteUri.Length > VideoAddress.MaxLength, "source.url", $"must have at most {VideoAddress.MaxLength} characters");

        // It would be listed for everyone who may read.
        errors.AddIf(address.UserInfo.Length > 0, "source.url", "must not have a user name or password in it");
        return address.AbsoluteUri;
    }

    private string? SourceFolder(ChannelSource source, RequestErrors errors)
    {
        if (string.IsNullOrWhiteSpace(source.Url))
        {
            errors.Add("source.url", "is required: the absolute path of a folder, or a file: URL");
            return null;
        }

        if (RealPath.FromPathOrFileUrl(source.Url) is not { } path)
        {
            errors.Add("source.url", "must be the absolute path of a folder, or a file: URL");
            return null;
        }

        if (!TryResolve(path, out var folder) || !Directory.Exists(folder))
        {
            errors.Add("source.url", "must be a folder that exists and that the service can read");
            return null;
        }

        // What the pipeline writes would come back as new videos, for ever.
        errors.AddIf(
            OwnFolders().Any(own => Overlap(own, folder)), "source.url", "must not share a folder with the pipeline's own artifacts, work or published files");
        return folder;
    }

    private string? TargetFolder(ChannelTarget? target, string? source, RequestErrors errors)
    {
        if (target?.Path is not { } given)
        {
            return null;
        }

        if (!Path.IsPathFullyQualified(given) || given.Contains('\0'))
        {
            errors.Add("target.path", "must be an absolute path");
            return null;
        }

        if (!TryResolve(given, out var folder) || File.Exists(folder))
        {
            errors.Add("target.path", "must be a folder, or a path at which one can be made");
            return null;
        }

        errors.AddIf(source is not null && Overlap(source, folder), "target.path", "must be apart from the source's folder: results would come back as new videos");
        errors.AddIf(
            new[] { folders.Artifacts, folders.Work }.Any(own => RealPath.IsWithin(folder, own)), "target.path", "must not be inside the pipeline's artifacts or work");
        return folder;
    }

    private IEnumerable<string> OwnFolders() => new[] { folders.Artifacts, folders.Work, folders.Published }.Select(RealPath.Of);

    private static bool Overlap(string one, string other) => RealPath.IsWithin(one, other) || RealPath.IsWithin(other, one);

    private static bool TryResolve(string path, out string resolved)
    {
        try
        {
            resolved = Path.TrimEndingDirectorySeparator(RealPath.Of(path));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            resolved = path;
            return false;
        }
    }

    private string? CronProblem(string cron)
    {
        const string Allowed = "must have five fields (minute hour day month weekday, UTC), such as 0 * * * *";
        if (cron.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length != 5
            || !CronExpression.TryParse(cron, out var expression))
        {
            return Allowed;
        }

        return expression.GetNextOccurrence(time.GetUtcNow(), TimeZoneInfo.Utc) is null ? "never comes" : null;
    }

    private static void CheckFilters(ScrapeFilters? filters, RequestErrors errors)
    {
        if (filters is null)
        {
            return;
        }

        CheckPattern(filters.TitleInclude, "filters.titleInclude", errors);
        CheckPattern(filters.TitleExclude, "filters.titleExclude", errors);
        CheckDuration(filters.MinDuration, "filters.minDuration", errors);
        CheckDuration(filters.MaxDuration, "filters.maxDuration", errors);
        errors.AddIf(filters.MaxDuration < filters.MinDuration, "filters.maxDuration", "must not be less than minDuration");
        errors.AddIf(filters.MaxPerRun is < 1 or > MaxVideosPerRun, "filters.maxPerRun", $"must be from 1 to {MaxVideosPerRun}");
    }

    private static void CheckDuration(double? seconds, string field, RequestErrors errors) =>
        errors.AddIf(seconds is < 0 or > MaxDurationSeconds, field, $"must be from 0 to {MaxDurationSeconds} seconds");

    private static void CheckPattern(string? pattern, string field, RequestErrors errors)
    {
        if (pattern?.Length is 0 or > MaxPatternLength)
        {
            errors.Add(field, $"must have 1 to {MaxPatternLength} characters");
            return;
        }

        try
        {
            _ = pattern is null ? null : new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, PatternTimeout);
        }
        catch (ArgumentException exception)
        {
            errors.Add(field, $"must be a regular expression: {exception.Message}");
        }
    }
}
