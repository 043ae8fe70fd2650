using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Testing;
using VideoPipeline.Cli.Remote;
using VideoPipeline.Cli.Videos;

namespace VideoPipeline.Tests.Cli;

public sealed class VideoTableTests
{
    private static readonly VideoAnswer Published = Video(
        1,
        "A talk",
        [Stage("download", "completed"), Stage("transform", "completed", """{"durationSeconds":65.2,"video":"encoded","audio":"copied"}"""), Stage("publish", "completed")],
        new PublicationAnswer("folder", "/srv/A talk [1].mp4", default));

    private static readonly VideoAnswer Failed = Video(
        2, "Broken", [Stage("download", "failed") with { Attempts = 3, ErrorMessage = "the file is truncated" }]);

    private static readonly VideoAnswer Unfinished = Video(3, "Later", [Stage("download", "completed"), Stage("transform", "queued")]);

    [Test]
    public void Each_video_has_a_row_that_says_what_became_of_it()
    {
        using var console = new TestConsole();
        console.Profile.Width = 120;

        console.Write(VideoTable.Of([Published, Failed, Unfinished], withIds: true));

        Assert.That(string.Join('\n', console.Output.Split('\n').Select(line => line.TrimEnd())), Is.EqualTo(
            """
            ID  TITLE   LENGTH  VIDEO    AUDIO    TIME  PUBLISHED AS
             1  A talk    1:05  encoded  copied  4.5 s  /srv/A talk [1].mp4
             2  Broken       -  -        -       1.5 s  FAILED at download after 3 attempts: the file is truncated
             3  Later        -  -        -       3.0 s  not yet: transform is queued

            """));
    }

    [Test]
    public void They_are_counted()
    {
        Assert.That(
            VideoTable.Summary([Published, Failed, Unfinished], anyWork: true), Is.EqualTo("1 video published (1 with a stream copied instead of encoded), 1 failed"));
        Assert.That(VideoTable.Summary([], anyWork: false), Is.EqualTo("0 videos published (0 with a stream copied instead of encoded), 0 failed; nothing new"));
    }

    private static VideoAnswer Video(long id, string title, JobAnswer[] stages, params PublicationAnswer[] publications) =>
        new(id, ChannelId: 1, "file:///srv/in.mp4", title, DurationSeconds: null, stages, [], publications, CreatedAt: default);

    private static JobAnswer Stage(string type, string status, string? result = null) => new()
    {
        Id = 1,
        JobType = type,
        Status = status,
        Attempts = 1,
        DurationSeconds = 1.5,
        Result = result is null ? null : JsonElement.Parse(result),
    };
}
