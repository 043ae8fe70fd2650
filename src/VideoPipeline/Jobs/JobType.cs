using System.Text.Json.Serialization;

namespace VideoPipeline.Jobs;

/// <summary>The stage of a video's way that a job executes, in the order in which the stages follow each other.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<JobType>))]
public enum JobType
{
    /// <summary>Lists the new videos of a channel and creates a download for each.</summary>
    Scrape,

    /// <summary>Brings a video's source file into the artifact store.</summary>
    Download,

    /// <summary>Brings the source file into the shape that the channel's profile asks for.</summary>
    Transform,

    /// <summary>Delivers the result to the channel's target.</summary>
    Publish,
}

public static class JobTypes
{
    public static IReadOnlyList<JobType> All { get; } = [JobType.Scrape, JobType.Download, JobType.Transform, JobType.Publish];

    /// <summary>
    /// The stage whose job is created when one of this type completes. Null after the last one, and after a scrape,
    /// which creates its downloads itself.
    /// </summary>
    public static JobType? Next(this JobType jobType) => jobType switch
    {
        JobType.Download => JobType.Transform,
        JobType.Transform => JobType.Publish,
        _ => null,
    };

    /// <summary>The name in the API, the database and in queue names: <c>scrape</c>, <c>download</c>, ...</summary>
    public static string Name(this JobType jobType) => LowerCaseEnum<JobType>.Name(jobType);
}
