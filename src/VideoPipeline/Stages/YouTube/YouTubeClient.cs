using Google;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.YouTube.v3;
using Google.Apis.YouTube.v3.Data;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Stages.YouTube;

/// <summary>A YouTube channel.</summary>
/// <param name="Uploads">The playlist of all that it has uploaded, newest first.</param>
public sealed record YouTubeAccount(string Id, string Uploads);

/// <summary>
/// The Data API's calls: each is paid for in the ledger before it is made, and its errors are what stages understand. A call
/// that fails for a passing reason is made again after a growing delay, if making it twice does no harm.
/// </summary>
/// <seealso href="https://developers.google.com/youtube/v3/determine_quota_cost"/>
public sealed class YouTubeClient(
    YouTubeCredentials credentials, QuotaLedger ledger, IOptions<YouTubeOptions> options, TimeProvider time, Random random)
{
    /// <summary>What a call costs that only reads.</summary>
    public const int ReadCost = 1;

    /// <summary>What a call costs that changes something.</summary>
    public const int WriteCost = 50;

    /// <summary>Videos and playlist items on a page.</summary>
    public const int PageSize = 50;

    /// <summary>How often a call, or an upload at the same byte, is tried before it is left to the job's next attempt.</summary>
    public const int Tries = 5;

    /// <summary>The same for a call that changes something: each try is paid for.</summary>
    public const int WriteTries = 3;

    private static readonly TimeSpan SlowDown = TimeSpan.FromMinutes(1);

    /// <summary>The client itself, for what is paid for otherwise.</summary>
    public YouTubeService Service => credentials.Service();

    /// <summary>The channel that somebody has signed in to.</summary>
    public async Task<YouTubeAccount> MyChannelAsync(CancellationToken cancellationToken) =>
        await ChannelAsync(request => request.Mine = true, cancellationToken)
        ?? throw new PermanentFailureException("The Google account that has signed in has no YouTube channel. Make one on youtube.com, or sign in with another account.");

    /// <param name="filter">Says which one.</param>
    /// <returns>Null when there is none.</returns>
    public async Task<YouTubeAccount?> ChannelAsync(Action<ChannelsResource.ListRequest> filter, CancellationToken cancellationToken)
    {
        var answer = await ReadAsync(
            service =>
            {
                var request = service.Channels.List("id,contentDetails");
                filter(request);
                return request.ExecuteAsync(cancellationToken);
            },
            cancellationToken);
        return answer.Items is [{ Id: { } id, ContentDetails.RelatedPlaylists.Uploads: { } uploads }, ..] ? new(id, uploads) : null;
    }

    /// <param name="videoId">Only the items that are this video; all when null.</param>
    /// <param name="pageToken">Null for the first page.</param>
    public Task<PlaylistItemListResponse> PlaylistAsync(string playlistId, string? videoId, string? pageToken, CancellationToken cancellationToken) => ReadAsync(
        service =>
        {
            var request = service.PlaylistItems.List("snippet,contentDetails");
            request.PlaylistId = playlistId;
            request.VideoId = videoId;
            request.PageToken = pageToken;
            request.MaxResults = PageSize;
            return request.ExecuteAsync(cancellationToken);
        },
        cancellationToken);

    /// <param name="part">Such as <c>snippet,status</c>.</param>
    /// <param name="ids">At most <see cref="PageSize"/>.</param>
    /// <returns>Those that exist.</returns>
    public async Task<IList<Video>> VideosAsync(string part, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var answer = await ReadAsync(
            service =>
            {
                var request = service.Videos.List(part);
                request.Id = string.Join(',', ids);
                return request.ExecuteAsync(cancellationToken);
            },
            cancellationToken);
        return answer.Items ?? [];
    }

    /// <summary>Makes a call, again if need be.</summary>
    /// <param name="bucket">Of <see cref="YouTubeQuota"/>.</param>
    /// <param name="tries">1 for a call that must not be made twice.</param>
    /// <param name="account">Whose upload it is, if it begins one.</param>
    /// <exception cref="StageException">It didn't succeed.</exception>
    public async Task<T> CallAsync<T>(
        string bucket, int cost, int tries, Func<YouTubeService, Task<T>> call, CancellationToken cancellationToken, string? account = null)
    {
        for (var failures = 1; ; failures++)
        {
            var service = Service;
            await ledger.SpendAsync(bucket, cost, cancellationToken);
            try
            {
                return await call(service);
            }
            catch (Exception exception) when (IsYouTubes(exception, cancellationToken))
            {
                if (YouTubeFailure.Of(exception).Kind != YouTubeFailureKind.Transient || failures >= tries)
                {
                    throw await ExplainAsync(exception, bucket, account, cancellationToken);
                }

                await DelayAsync(failures, cancellationToken);
            }
        }
    }

    /// <summary>Whether the exception came from YouTube or the way to it, rather than from here.</summary>
    public static bool IsYouTubes(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && exception is GoogleApiException or TokenResponseException or HttpRequestException or IOException or OperationCanceledException;

    /// <summary>Waits before the next try: 1, 2, 4, ... times the setting, and up to as much again by chance.</summary>
    public Task DelayAsync(int failures, CancellationToken cancellationToken) =>
        Task.Delay(options.Value.RetryDelay * Math.Pow(2, failures - 1) * (1 + random.NextDouble()), time, cancellationToken);

    /// <summary>What the job is to do after this error; to be thrown by the caller.</summary>
    public async Task<StageException> ExplainAsync(Exception exception, string bucket, string? account, CancellationToken cancellationToken)
    {
        var failure = YouTubeFailure.Of(exception);
        return failure.Kind switch
        {
            YouTubeFailureKind.Transient => new TransientFailureException(failure.Message, exception),
            YouTubeFailureKind.TooFast => new SnoozeException(failure.Message, time.GetUtcNow() + SlowDown),
            YouTubeFailureKind.QuotaExceeded => await ledger.CloseTodayAsync(bucket, cancellationToken),
            YouTubeFailureKind.UploadLimit when account is not null => await ledger.CloseUploadsAsync(account, cancellationToken),
            _ => new PermanentFailureException(failure.Message, exception),
        };
    }

    private Task<T> ReadAsync<T>(Func<YouTubeService, Task<T>> call, CancellationToken cancellationToken) =>
        CallAsync(YouTubeQuota.Units, ReadCost, Tries, call, cancellationToken);
}
