using System.Net;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Stages.Download;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Stages.Scrape;

/// <summary>
/// The videos of an RSS or Atom feed. The server is asked for what is new only: it is told which version was read last, and
/// answers with nothing when that is the latest (https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests).
/// </summary>
public sealed class FeedSource(IHttpClientFactory clients, IDbContextFactory<PipelineDbContext> contexts, IOptions<SourceOptions> options, TransformProfiles profiles, TimeProvider time) : IVideoSource
{
    private const int BufferSize = 1 << 16;

    // Tags and dates are short. One that isn't is not worth keeping.
    private const int MaxHeaderLength = 500;

    public SourceKind Kind => SourceKind.Feed;

    public async Task<SourceListing> ListAsync(Channel channel, CancellationToken cancellationToken)
    {
        if (SourceVideo.AddressOf(channel.SourceUrl) is not { } url)
        {
            throw new PermanentFailureException($"'{channel.SourceUrl}' is not an http or https URL.");
        }

        SourceState? state;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            state = await db.SourceStates.AsNoTracking().FirstOrDefaultAsync(s => s.ChannelId == channel.Id, cancellationToken);
        }

        var address = new Uri(url);

        // For the whole of it, not for each silence: a feed is short, and a server that drips one out wants to hold a worker.
        using var limit = new CancellationTokenSource(options.Value.FeedTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var client = clients.CreateClient(channel.AllowPrivateNetworks ? HttpDownload.AnywhereClient : HttpDownload.PublicClient);
            using var request = Request(address, state?.ListedFor == channel.UpdatedAt ? state : null);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await ReadAsync(response, address, channel, either.Token),
                HttpStatusCode.NotModified => SourceListing.Unchanged,
                HttpStatusCode.Forbidden => throw new SourceRefusedException("The server answered 403 (Forbidden): it doesn't let this service have the feed."),
                _ => throw HttpResume.Failure(response.StatusCode, response.Headers, time.GetUtcNow(), "feed"),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientFailureException($"The feed took longer than {options.Value.FeedTimeout.TotalSeconds:0.#} s.");
        }
        catch (HttpRequestException exception) when (exception.InnerException is PermanentFailureException refused)
        {
            throw new PermanentFailureException(refused.Message, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or HttpIOException or IOException { InnerException: SocketException })
        {
            throw new TransientFailureException($"The connection to {address.Host} failed: {exception.Message}", exception);
        }
    }

    private static HttpRequestMessage Request(Uri address, SourceState? last)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1");

        // What the body is compressed to says nothing about what it grows to.
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (last?.ETag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", last.ETag);
        }

        if (last?.LastModified is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Modified-Since", last.LastModified);
        }

        return request;
    }

    private async Task<SourceListing> ReadAsync(HttpResponseMessage response, Uri address, Channel channel, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await using (var body = await response.Content.ReadAsStreamAsync(cancellationToken))
        {
            var buffer = new byte[BufferSize];
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                content.Write(buffer, 0, read);
                if (content.Length > options.Value.MaxFeedBytes)
                {
                    throw new PermanentFailureException(
                        $"The feed is larger than {options.Value.MaxFeedBytes} bytes, the limit of VideoPipeline__Sources__MaxFeedBytes.");
                }
            }
        }

        content.Position = 0;
        var profile = profiles.Find(channel.Profile);
        var videos = FeedDocument.Parse(
            content, response.RequestMessage?.RequestUri ?? address, profile?.FetchedShortSide ?? int.MaxValue, takesSound: profile is { NeedsVideo: false });
        var tag = Header(response.Headers, "ETag");
        var modified = Header(response.Content.Headers, "Last-Modified");
        return new(videos)
        {
            Remember = (db, _, token) => RememberAsync(db, channel, tag, modified, token),
        };
    }

    private static async Task RememberAsync(
        PipelineDbContext db, Channel channel, string? tag, string? modified, CancellationToken cancellationToken)
    {
        var state = await db.SourceStates.AsTracking().FirstOrDefaultAsync(s => s.ChannelId == channel.Id, cancellationToken)
            ?? db.SourceStates.Add(new() { ChannelId = channel.Id }).Entity;
        state.ETag = tag;
        state.LastModified = modified;
        state.ListedFor = channel.UpdatedAt;
    }

    /// <summary>As it was sent, since it is sent back; null when there is none that could be.</summary>
    private static string? Header(System.Net.Http.Headers.HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) && values.ToString() is { Length: > 0 and <= MaxHeaderLength } value
            && value.All(c => c is >= ' ' and <= '~') ? value : null;
}
