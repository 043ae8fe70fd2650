using System.Xml;
using Google.Apis.YouTube.v3.Data;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Stages.Publish.YouTube;
using VideoPipeline.Stages.YouTube;
using Channel = VideoPipeline.Catalog.Channel;
using Video = Google.Apis.YouTube.v3.Data.Video;

namespace VideoPipeline.Stages.Scrape;

/// <summary>
/// The videos that a YouTube channel has uploaded, by the Data API: the channel's list of uploads, 50 a page, and what there is
/// to know of each. A page costs two units, so only the first listing reads all of them; later ones read what is newer than
/// the one before, and a few weeks more.
/// </summary>
internal sealed class YouTubeSource(YouTubeClient client, IDbContextFactory<PipelineDbContext> contexts) : IVideoSource
{
    /// <summary>A video that was scheduled, private or in the making when it was passed over may be as old as this when it can be fetched.</summary>
    private static readonly TimeSpan LookedAtAgain = TimeSpan.FromDays(30);

    public SourceKind Kind => SourceKind.Youtube;

    public async Task<SourceListing> ListAsync(Channel channel, CancellationToken cancellationToken)
    {
        var address = YouTubeChannelAddress.Parse(channel.SourceUrl) ?? throw new PermanentFailureException($"'{channel.SourceUrl}' is not a YouTube channel.");
        var account = await client.ChannelAsync(
                request =>
                {
                    request.ForHandle = address.Handle;
                    if (address.Id is not null)
                    {
                        request.Id = address.Id;
                    }
                },
                cancellationToken)
            ?? throw new PermanentFailureException($"There is no YouTube channel {address.Id ?? address.Handle}.");

        var since = await NewestBeforeAsync(channel, cancellationToken) - LookedAtAgain;
        var videos = new List<SourceVideo>();
        DateTimeOffset? newest = null;
        string? page = null;
        do
        {
            if (await PageAsync(account.Uploads, page, cancellationToken) is not { } items)
            {
                break;
            }

            var ids = (items.Items ?? []).Select(item => item.ContentDetails?.VideoId).OfType<string>().ToList();
            if (ids.Count > 0)
            {
                videos.AddRange((await client.VideosAsync("snippet,contentDetails,status", ids, cancellationToken)).Where(CanBeFetched).Select(Of));
            }

            var dates = (items.Items ?? []).Select(item => item.Snippet?.PublishedAtDateTimeOffset).OfType<DateTimeOffset>().ToList();
            newest = dates.Select(date => (DateTimeOffset?)date).Append(newest).Max();
            page = dates.Count > 0 && dates.Min() < since ? null : items.NextPageToken;
        }
        while (page is not null);

        return new([.. videos.OrderBy(video => video.PublishedAt)])
        {
            Remember = (db, _, token) => RememberAsync(db, channel, newest, token),
        };
    }

    /// <summary>
    /// Whether anybody with its address can see it: not private, not live, not still being processed. Nor are videos taken that
    /// a VideoPipeline has published: a channel that is source and target would publish them for ever.
    /// </summary>
    internal static bool CanBeFetched(Video video) =>
        video is { Id.Length: > 0, Status: { UploadStatus: "processed", PrivacyStatus: "public" or "unlisted" } }
        && video.Snippet?.LiveBroadcastContent is null or "none"
        && video.Snippet?.Tags?.Any(PublishIntent.IsMarker) != true;

    internal static SourceVideo Of(Video video)
    {
        // The same that a feed of the channel, or yt-dlp, calls it.
        var url = $"https://www.youtube.com/watch?v={video.Id}";
        return new()
        {
            ExternalId = url,
            Url = url,
            Title = VideoTitle.InOneLine(video.Snippet?.Title),
            PublishedAt = video.Snippet?.PublishedAtDateTimeOffset,
            Duration = Duration(video.ContentDetails?.Duration),
        };
    }

    /// <summary>Null when there is no such list: a channel that has never uploaded anything hasn't always one.</summary>
    private async Task<PlaylistItemListResponse?> PageAsync(string uploads, string? page, CancellationToken cancellationToken)
    {
        try
        {
            return await client.PlaylistAsync(uploads, videoId: null, page, cancellationToken);
        }
        catch (PermanentFailureException exception)
            when (page is null && exception.InnerException is Google.GoogleApiException { HttpStatusCode: System.Net.HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    /// <summary>Seconds of an ISO 8601 duration; null when there is none.</summary>
    private static double? Duration(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : XmlConvert.ToTimeSpan(text).TotalSeconds;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The date of the newest item of the last listing that was used up; null when all have to be listed.</summary>
    private async Task<DateTimeOffset?> NewestBeforeAsync(Channel channel, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var state = await db.SourceStates.AsNoTracking().FirstOrDefaultAsync(s => s.ChannelId == channel.Id, cancellationToken);

        // For a list without videos earlier versions kept the first date of all.
        return state?.ListedFor == channel.UpdatedAt && DateTimeOffset.TryParse(state.LastModified, out var newest) && newest > DateTimeOffset.UnixEpoch ? newest : null;
    }

    private static async Task RememberAsync(PipelineDbContext db, Channel channel, DateTimeOffset? newest, CancellationToken cancellationToken)
    {
        var state = await db.SourceStates.AsTracking().FirstOrDefaultAsync(s => s.ChannelId == channel.Id, cancellationToken)
            ?? db.SourceStates.Add(new() { ChannelId = channel.Id }).Entity;
        state.ETag = null;
        state.LastModified = newest?.ToString("O");
        state.ListedFor = channel.UpdatedAt;
    }
}
