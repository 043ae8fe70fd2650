using Spectre.Console;
using Spectre.Console.Testing;
using VideoPipeline.Cli.Remote;
using VideoPipeline.Cli.Watch;

namespace VideoPipeline.Tests.Cli;

/// <summary>What <c>watch</c> knows and shows.</summary>
public sealed class WatchTests
{
    private DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_terminal_shows_the_counts_and_a_bar_for_each_job_that_runs()
    {
        var board = new WatchBoard { Waiting = new(3, 1, AreAll: true, AnyActive: true), Paused = "Paused: publish (\u001bmaintenance)." };
        board.Apply(Job(1, "download", "completed"));
        board.Apply(Job(2, "transform", "processing") with { Progress = 41.5, Speed = 2.1, EtaSeconds = 65, VideoTitle = "A [bold]talk\u001b[2J" });
        board.Apply(Job(3, "publish", "completed"));
        board.Apply(Job(4, "download", "failed"));

        Assert.That(Drawn(board, height: 20), Is.EqualTo(
            """
            1 video published, 1 job failed, 1 running, 3 waiting, 1 to be tried again
            Paused: publish ( maintenance).
              transform  A [bold]talk [2J  [########............]   41 %  2.1x  ETA 1:05

            """));
    }

    [Test]
    public void It_never_is_higher_than_the_terminal()
    {
        var board = new WatchBoard();
        board.Load(Enumerable.Range(1, 100).Select(id => Job(id, "download", "processing")));

        var lines = Drawn(board, height: 10).TrimEnd('\n').Split('\n');

        Assert.That(lines, Has.Length.LessThan(10));
        Assert.That(lines[^1], Is.EqualTo("  and 93 more"));
    }

    [Test]
    public void A_failed_job_that_is_retried_is_no_failure_any_more()
    {
        var board = new WatchBoard();
        board.Apply(Job(1, "publish", "failed"));
        Assert.That((board.Failed, board.Published), Is.EqualTo((1, 0)));

        board.Apply(Job(1, "publish", "completed"));

        Assert.That((board.Failed, board.Published), Is.EqualTo((0, 1)));
    }

    [Test]
    public void An_event_that_is_older_than_the_list_changes_nothing()
    {
        var older = Job(1, "download", "processing") with { Progress = 10 };
        var board = new WatchBoard();
        board.Load([Job(1, "download", "processing") with { Progress = 50 }]);

        board.Apply(older);

        Assert.That(board.Running.Single().Progress, Is.EqualTo(50));
    }

    [Test]
    public void Without_a_terminal_each_quarter_and_each_end_is_a_line()
    {
        var board = new WatchBoard();
        var lines = new WatchLines(board);
        var told = new List<string?>();
        foreach (var job in new[]
        {
            Job(1, "transform", "queued"), Job(1, "transform", "processing"), At(1, "transform", 10), At(1, "transform", 26), At(1, "transform", 30), At(1, "transform", 99.9),
            Job(1, "transform", "completed"), Job(2, "publish", "processing"), Job(2, "publish", "completed"),
            Job(3, "download", "processing"), Job(3, "download", "failed") with { ErrorMessage = "cut\noff" },
        })
        {
            board.Apply(job);
            told.Add(lines.Of(job));
        }

        Assert.That(told, Is.EqualTo(new[]
        {
            null, "  transform video 1", null, "  transform video 1  25%", null, "  transform video 1  75%",
            null, "  publish   video 2", "  publish   video 2  published",
            "  download  video 3", "  download  video 3  FAILED: cut off",
        }));

        JobAnswer At(long id, string type, double progress) => Job(id, type, "processing") with { Progress = progress };
    }

    private static string Drawn(WatchBoard board, int height)
    {
        using var console = new TestConsole();
        console.Profile.Width = 100;
        console.Write(WatchScreen.Of(board, height));
        return string.Join('\n', console.Output.Split('\n').Select(line => line.TrimEnd()));
    }

    private JobAnswer Job(long id, string type, string status) =>
        new() { Id = id, VideoId = id, ChannelId = 1, JobType = type, Status = status, Attempts = 1, UpdatedAt = _now = _now.AddSeconds(1) };
}
