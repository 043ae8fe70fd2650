using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Stages.Download;

/// <summary>
/// Fetches a file over HTTP, continuing what an earlier attempt has left. Only http and https, and public addresses only
/// unless the channel may reach private ones.
/// </summary>
public sealed class HttpDownload(
    IHttpClientFactory clients, PipelineFolders folders, DiskSpace disk, IOptions<DownloadOptions> options, TimeProvider time)
{
    /// <summary>Of clients that connect to public addresses only.</summary>
    public const string PublicClient = "VideoPipeline.Download.Public";

    /// <summary>Of clients that connect anywhere.</summary>
    public const string AnywhereClient = "VideoPipeline.Download.Anywhere";

    public const int MaxRedirects = 10;

    private const int BufferSize = 1 << 17;

    /// <returns>The path of the complete file.</returns>
    /// <exception cref="StageException">It could not be fetched; what has been is kept for the next attempt.</exception>
    public async Task<string> FetchAsync(
        Uri url, long videoId, bool allowPrivateNetworks, Action<double> reportPercent, CancellationToken cancellationToken)
    {
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
        {
            throw new PermanentFailureException($"{url.Scheme} is not supported: give an http or https URL.");
        }

        try
        {
            return await FetchAsync(url, PartialDownload.Open(folders.PartialDownloads, videoId), allowPrivateNetworks, reportPercent, cancellationToken);
        }
        catch (PermanentFailureException)
        {
            // Nobody will continue it.
            PartialDownload.Remove(Path.Combine(folders.PartialDownloads, PartialDownload.FileName(videoId)));
            throw;
        }
    }

    private async Task<string> FetchAsync(
        Uri url, PartialDownload opened, bool allowPrivateNetworks, Action<double> reportPercent, CancellationToken cancellationToken)
    {
        await using var partial = opened;
        using var idle = new CancellationTokenSource(options.Value.IdleTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        try
        {
            using var client = clients.CreateClient(allowPrivateNetworks ? AnywhereClient : PublicClient);
            await FetchAsync(client, url, partial, reportPercent, idle, either.Token);
            return partial.Path;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientFailureException(
                $"The server said nothing, or next to nothing, for {options.Value.IdleTimeout.TotalSeconds:0.#} s.");
        }
        catch (HttpRequestException exception) when (exception.InnerException is PermanentFailureException refused)
        {
            throw new PermanentFailureException(refused.Message, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or HttpIOException or IOException { InnerException: SocketException })
        {
            throw new TransientFailureException($"The connection to {url.Host} failed: {exception.Message}", exception);
        }
    }

    private async Task FetchAsync(
        HttpClient client, Uri url, PartialDownload partial, Action<double> reportPercent, CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        var known = partial.Describe();
        using var response = await AskAsync(client, url, known, partial, cancellationToken);
        idle.CancelAfter(options.Value.IdleTimeout);
        var have = partial.Stream.Length;
        var decision = HttpResume.Decide(
            response.StatusCode, response.Content.Headers.ContentRange, known, have, asked: response.RequestMessage?.Headers.Range is not null);
        switch (decision)
        {
            case ResumeDecision.Complete:
                return;
            case ResumeDecision.StartOver:
                known = HttpResume.Describe(url.AbsoluteUri, response);
                partial.StartOver(known);
                break;
            case ResumeDecision.Append:
                known ??= HttpResume.Describe(url.AbsoluteUri, response);
                break;
            case ResumeDecision.AskAgain:
                // Once more, and for the whole now: with nothing left there is no range to ask for, so this ends here.
                partial.Discard();
                await FetchAsync(client, url, partial, reportPercent, idle, cancellationToken);
                return;
            default:
                throw HttpResume.Failure(response.StatusCode, response.Headers, time.GetUtcNow());
        }

        await ReceiveAsync(response, partial, known.TotalBytes, reportPercent, idle, cancellationToken);
    }

    private static async Task<HttpResponseMessage> AskAsync(
        HttpClient client, Uri url, RemoteFile? known, PartialDownload partial, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);

        // A range counts the bytes of the encoded body, so there must be no encoding.
        request.Headers.AcceptEncoding.ParseAdd("identity");
        HttpResume.AddRange(request.Headers, known, url.AbsoluteUri, partial.Stream.Length);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private async Task ReceiveAsync(
        HttpResponseMessage response, PartialDownload partial, long? total, Action<double> reportPercent, CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        var have = partial.Stream.Seek(0, SeekOrigin.End);
        RefuseAbove(total ?? have);
        using var room = disk.Reserve(folders.PartialDownloads, Math.Max(0, (total ?? have) - have));

        // Enough of it in time keeps the connection, not any byte: a server that drips would hold a worker for months.
        var enough = Math.Max(1, (long)(options.Value.MinimumSpeed * options.Value.IdleTimeout.TotalSeconds));
        var sinceEnough = 0L;

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            sinceEnough += read;
            if (sinceEnough >= enough)
            {
                idle.CancelAfter(options.Value.IdleTimeout);
                sinceEnough = 0;
            }

            have += read;
            RefuseAbove(have);

            // Of a length that the server didn't say, room is held piece by piece: an endless stream ends at the limit, or here.
            room.Cover(read);
            await partial.Stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            room.Used(read);
            if (total > 0)
            {
                reportPercent(Math.Min(100, 100.0 * have / total.Value));
            }
        }

        if (total is not null && have != total)
        {
            throw new TransientFailureException($"The connection was cut after {have} of {total} bytes.");
        }
    }

    private void RefuseAbove(long bytes)
    {
        if (bytes > options.Value.MaxSizeBytes)
        {
            throw new PermanentFailureException(
                $"The file is larger than {options.Value.MaxSizeBytes} bytes, the limit of VideoPipeline__Download__MaxSizeBytes.");
        }
    }
}
