using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Access;
using VideoPipeline.Database;
using VideoPipeline.Server.Access;

namespace VideoPipeline.Tests.Server.Access;

public sealed class OpenRequestsTests
{
    [Test]
    public async Task A_database_that_is_away_for_long_is_asked_again_and_ends_nothing()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var away = new Away();
        var keys = new ApiKeys(new DirectWriter(away), away, time);
        using var open = new OpenRequests(
            keys, new KeyRequirement(keys, Options.Create(new AccessOptions()), time), time, NullLogger<OpenRequests>.Instance);
        using var end = new CancellationTokenSource();
        var request = new DefaultHttpContext { User = BrowserSession.PrincipalOf(new ApiKey { Id = 1, PublicId = "x", Name = "x", Hash = "x" }, "test") };
        var answering = open.InvokeAsync(request, _ => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token));
        await open.StartAsync(CancellationToken.None);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (away.Asked < 2 && !open.ExecuteTask!.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, patience.Token);
        }

        Assert.That(open.ExecuteTask!.IsCompleted, Is.False);
        Assert.That(answering.IsCompleted, Is.False);
        await end.CancelAsync();
        await open.StopAsync(CancellationToken.None);
    }

    private sealed class Away : IDbContextFactory<PipelineDbContext>
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public PipelineDbContext CreateDbContext()
        {
            Interlocked.Increment(ref _asked);
            throw new RetryLimitExceededException("The maximum number of retries was exceeded.", new IOException("away"));
        }
    }
}
