using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Dispatch;
using VideoPipeline.Events;
using VideoPipeline.Jobs;
using VideoPipeline.Server.Api;

namespace VideoPipeline.Tests.Events;

public sealed class EventStreamTests
{
    [Test]
    public async Task A_connection_on_which_nothing_happens_gets_a_comment_now_and_then()
    {
        using var listener = new ChangeListener(new(), cursor: null, _ => { });
        var time = new FakeTimeProvider();
        var pipe = new Pipe();
        using var end = new CancellationTokenSource();
        var writing = new EventStream(listener, new NoBackgroundJobs()).WriteAsync(pipe.Writer.AsStream(), JsonSerializerOptions.Web, time, end.Token);

        Assert.That(await ReadAsync(pipe), Is.EqualTo("retry: 1000\n\n"));
        time.Advance(EventStream.Heartbeat - TimeSpan.FromSeconds(1));
        Assert.That(pipe.Reader.TryRead(out _), Is.False);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await ReadAsync(pipe), Is.EqualTo(":\n\n"));

        await end.CancelAsync();
        Assert.That(async () => await writing, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task An_event_has_its_cursor_its_name_and_its_data_on_one_line()
    {
        using var listener = new ChangeListener(new(), cursor: null, _ => { });
        var pipe = new Pipe();
        using var end = new CancellationTokenSource();
        listener.Tell([new JobChanged(
            new FeedCursor(DateTimeOffset.UnixEpoch.AddSeconds(1)),
            new VideoProcessingJob { Id = 7, ErrorMessage = "two\nlines" },
            "A\r\ntitle")]);
        _ = new EventStream(listener, new NoBackgroundJobs()).WriteAsync(pipe.Writer.AsStream(), JsonSerializerOptions.Web, TimeProvider.System, end.Token);

        var text = await ReadAsync(pipe);
        while (!text.EndsWith("}\n\n", StringComparison.Ordinal))
        {
            text += await ReadAsync(pipe);
        }

        Assert.That(text, Does.Contain("id: 1000000\nevent: job\ndata: {").And.Contain(@"""errorMessage"":""two\nlines""").And.Contain(@"""videoTitle"":""A\r\ntitle"""));
        await end.CancelAsync();
    }

    private sealed class NoBackgroundJobs : IBackgroundJobs
    {
        public string? StandingFor(VideoProcessingJob job) => null;
    }

    private static async Task<string> ReadAsync(Pipe pipe)
    {
        var read = await pipe.Reader.ReadAsync();
        var text = Encoding.UTF8.GetString(read.Buffer);
        pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }
}
