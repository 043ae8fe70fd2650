using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Dispatch;
using VideoPipeline.Dispatch.Storage;
using VideoPipeline.Jobs;
using VideoPipeline.Tests.Database;

namespace VideoPipeline.Tests.Dispatch;

public sealed class SharedMirrorTests
{
    [Test]
    public async Task What_many_jobs_have_left_behind_does_not_keep_others_waiting()
    {
        const int Left = 1000;
        using var database = await SqliteFile.CreateAsync();
        var client = new SlowClient();
        var signals = new JobSignals();
        using var pauses = new PauseState(database, TimeProvider.System, NullLogger<PauseState>.Instance);
        using var mirror = new SharedMirror(
            client, new NoStorage(), database, signals, pauses, TimeProvider.System, Options.Create(new StorageOptions()),
            Options.Create(new DispatchOptions { WindowSize = 100 * Left }), NullLogger<SharedMirror>.Instance);
        await mirror.StartAsync(CancellationToken.None);

        for (var id = 1; id <= Left; id++)
        {
            signals.RaiseLeft(new VideoProcessingJob { Id = id, JobType = JobType.Publish, HangfireJobId = $"{id}" });
        }

        var other = signals.FlushAsync();
        client.Permits.Release(Left / 10);
        await other.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(client.Changes, Is.LessThanOrEqualTo(Left / 10));

        client.Permits.Release(Left);
        while (client.Changes < Left)
        {
            await signals.FlushAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }

        await mirror.StopAsync(CancellationToken.None);
        Assert.That(client.Changes, Is.EqualTo(Left));
    }

    private sealed class NoStorage : HangfireStorage
    {
        public override JobStorage Jobs => throw new NotSupportedException();
    }

    /// <summary>Makes as many changes as it has permits.</summary>
    private sealed class SlowClient : IBackgroundJobClient
    {
        private int _changes;

        public SemaphoreSlim Permits { get; } = new(0);

        public int Changes => Volatile.Read(ref _changes);

        public string Create(Job job, IState state) => "1";

        public bool ChangeState(string jobId, IState state, string expectedState)
        {
            Permits.Wait();
            Interlocked.Increment(ref _changes);
            return true;
        }
    }
}
