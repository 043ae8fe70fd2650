using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary>Reads the text of forms and queries; an empty one is none.</summary>
internal static class FormValues
{
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
        : long.TryParse(text, System.Globalization.NumberStyles.None, provider: null, out var number) ? number
        : throw new InvalidRequestException(field, "must be a whole number");

    public static string Title(string name) => $"{char.ToUpperInvariant(name[0])}{name[1..]}";

    private static T? Enum<T>(string field, string? text)
        where T : struct, Enum =>
        string.IsNullOrEmpty(text) ? null
        : LowerCaseEnum<T>.TryParse(text, out var value) ? value
        : throw new InvalidRequestException(field, $"must be one of {LowerCaseEnum<T>.Allowed}");
}
