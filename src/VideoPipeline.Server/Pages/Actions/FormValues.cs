using System.Globalization;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary>Reads the text of forms and queries; an empty one is none.</summary>
internal static class FormValues
{
    public const long MinutesOfYear = 366 * 24 * 60;

    /// <exception cref="InvalidRequestException"/>
    public static JobType? JobType(string? text) => Enum<JobType>("jobType", text);

    /// <exception cref="InvalidRequestException"/>
    public static JobStatus? JobStatus(string? text) => Enum<JobStatus>("status", text);

    /// <exception cref="InvalidRequestException"/>
    public static int Priority(string? text) =>
        int.TryParse(text, out var priority)
            ? priority
            : throw new InvalidRequestException("priority", $"must be from {VideoProcessingJob.MinPriority} to {VideoProcessingJob.MaxPriority}");

    /// <exception cref="InvalidRequestException"/>
    public static long? Number(string field, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : long.TryParse(text, NumberStyles.None, provider: null, out var number) ? number
        : throw new InvalidRequestException(field, "must be a whole number");

    /// <exception cref="InvalidRequestException"/>
    public static JobFilter Failures(string? jobType, string? channel, string? error)
    {
        var filter = new JobFilter
        {
            Status = Jobs.JobStatus.Failed,
            JobType = JobType(jobType),
            ChannelId = Number("channel", channel),
            ErrorContains = string.IsNullOrWhiteSpace(error) ? null : error.Trim(),
        };
        filter.Validate();
        return filter;
    }

    /// <summary>As a browser's field for date and time sends it, without a time zone: UTC is meant.</summary>
    /// <exception cref="InvalidRequestException"/>
    public static DateTimeOffset? Utc(string field, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at
        : throw new InvalidRequestException(field, "must be a date with a time");

    public static string Title(string name) => $"{char.ToUpperInvariant(name[0])}{name[1..]}";

    private static T? Enum<T>(string field, string? text)
        where T : struct, Enum =>
        string.IsNullOrEmpty(text) ? null
        : LowerCaseEnum<T>.TryParse(text, out var value) ? value
        : throw new InvalidRequestException(field, $"must be one of {LowerCaseEnum<T>.Allowed}");
}
