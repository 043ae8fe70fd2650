using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Watch;

/// <summary>Something that the service tells, or that has happened to the connection.</summary>
/// <param name="Name">As the service calls it: <c>job</c>, <c>queue</c>, <c>reset</c>.</param>
/// <param name="Data">JSON.</param>
internal sealed record FeedItem(string Name, string? Id, string Data);

/// <summary>
/// The service's events (<c>GET /api/events</c>), over as many connections as it takes: one that is cut is made again and goes
/// on where the last one ended.
/// </summary>
internal sealed class EventFeed(ServiceClient service, string path, TimeProvider time)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    // As long as a service takes to restart, and some more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Ends only by its token.</summary>
    /// <exception cref="CommandFailure">The first connection fails, or no further one succeeds for a minute.</exception>
    public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? lastId = null;
        long? lostAt = null;
        var first = true;
        while (true)
        {
            Stream? stream = null;
            try
            {
                stream = await service.OpenEventsAsync(path, lastId, cancellationToken);
                first = false;
            }
            catch (CommandFailure failure) when (!first && failure.ExitCode == ExitCode.NotReachable)
            {
                lostAt ??= time.GetTimestamp();
                if (time.GetElapsedTime(lostAt.Value) > Patience)
                {
                    throw;
                }
            }

            if (stream is not null)
            {
                await using (stream)
                {
                    var events = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
                    await using (events)
                    {
                        while (await HasNextAsync(events))
                        {
                            lostAt = null;
                            lastId = events.Current.EventId is { Length: > 0 } id ? id : lastId;
                            yield return new FeedItem(events.Current.EventType, lastId, events.Current.Data);
                        }
                    }
                }
            }

            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    /// <summary>A connection that is cut is no error but the end of its events.</summary>
    private static async Task<bool> HasNextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return false;
        }
    }
}
