using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Dispatch;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/channels</c></summary>
internal static class ChannelsApi
{
    /// <summary><c>"folder"</c> for <c>{"kind": "folder"}</c>.</summary>
    private static readonly ShortForm TargetByKind = new("target", "kind");

    public static void MapChannels(this IEndpointRouteBuilder api)
    {
        var channels = api.MapGroup("/channels").WithTags("Channels");
        channels.MapPost("/", AddAsync).WithMetadata(TargetByKind).ProducesBodyProblems().ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Add a channel");
        channels.MapGet("/", ListAsync).WithSummary("List channels, newest first");

        var channel = channels.MapGroup("/{id:long}").ProducesProblem(StatusCodes.Status404NotFound);
        channel.MapGet("/", GetAsync).WithSummary("A channel");
        channel.MapPatch("/", ChangeAsync).Accepts<ChannelRequest>("application/json").WithMetadata(TargetByKind)
            .ProducesBodyProblems().ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Change a channel")
            .WithDescription("Only the given fields change; null clears a field or brings back its default; source, target and filters are merged field by field.");
        channel.MapDelete("/", DeleteAsync).WithSummary("Delete a channel and cancel its jobs; its videos stay");
        channel.MapPost("/resume", ResumeAsync).WithSummary("End the pause that the channel's source has asked for");
        channel.MapPost("/scrape", ScrapeAsync).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Scrape a channel now");
    }

    private static async Task<Created<ChannelResponse>> AddAsync(
        ChannelRequest request, ChannelCatalog catalog, TimeProvider time, CancellationToken cancellationToken)
    {
        var channel = await catalog.AddAsync(request, cancellationToken);
        return TypedResults.Created($"/api/channels/{channel.Id}", ChannelResponse.Of(channel, time.GetUtcNow()));
    }

    private static async Task<Ok<ListResponse<ChannelResponse>>> ListAsync(
        int? limit, string? cursor, ChannelCatalog catalog, TimeProvider time, CancellationToken cancellationToken)
    {
        var page = Page.Of(limit, cursor);
        var now = time.GetUtcNow();
        return TypedResults.Ok(page.Answer(
            await catalog.ListAsync(page.Fetched, page.BeforeId, cancellationToken), channel => channel.Id, channel => ChannelResponse.Of(channel, now)));
    }

    private static async Task<Ok<ChannelResponse>> GetAsync(long id, ChannelCatalog catalog, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.Ok(ChannelResponse.Of(await catalog.GetAsync(id, cancellationToken), time.GetUtcNow()));

    private static async Task<Ok<ChannelResponse>> ChangeAsync(
        long id, JsonElement patch, ChannelCatalog catalog, IOptions<JsonOptions> json, TimeProvider time, CancellationToken cancellationToken)
    {
        var channel = await catalog.ChangeAsync(id, present => MergePatch.Apply(present, patch, json.Value.SerializerOptions), cancellationToken);
        return TypedResults.Ok(ChannelResponse.Of(channel, time.GetUtcNow()));
    }

    private static async Task<NoContent> DeleteAsync(long id, ChannelCatalog catalog, CancellationToken cancellationToken)
    {
        await catalog.DeleteAsync(id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ChannelResponse>> ResumeAsync(long id, ChannelCatalog catalog, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.Ok(ChannelResponse.Of(await catalog.ResumeAsync(id, cancellationToken), time.GetUtcNow()));

    private static async Task<Created<JobResponse>> ScrapeAsync(
        long id, ChannelCatalog catalog, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken)
    {
        var job = await catalog.ScrapeAsync(id, cancellationToken);
        return TypedResults.Created($"/api/jobs/{job.Id}", JobResponse.Of(job, backgroundJobs));
    }
}

/// <summary>A channel as the API shows it.</summary>
/// <param name="Pause">Null unless its source is being left alone.</param>
/// <param name="NextScrapeAt">By its cron; null when it has none.</param>
internal sealed record ChannelResponse(
    long Id,
    string Name,
    ChannelSource Source,
    ChannelRights? Rights,
    string? Attribution,
    string Profile,
    ChannelTarget Target,
    string? Cron,
    ScrapeFilters Filters,
    int Priority,
    bool AllowPrivateNetworks,
    SourcePauseResponse? Pause,
    DateTimeOffset? LastScrapedAt,
    DateTimeOffset? NextScrapeAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static ChannelResponse Of(Channel channel, DateTimeOffset now) => new(
        channel.Id,
        channel.Name,
        new ChannelSource { Kind = channel.SourceKind, Url = channel.SourceUrl },
        channel.Rights,
        channel.Attribution,
        channel.Profile,
        new ChannelTarget { Kind = channel.TargetKind, Path = channel.TargetPath, YouTube = channel.YouTube },
        channel.Cron,
        channel.Filters,
        channel.Priority,
        channel.AllowPrivateNetworks,
        channel.SourceState is { PausedUntil: { } until } state && until > now ? new(state.PauseReason ?? "", until, state.Refusals) : null,
        channel.LastScrapedAt,
        ChannelRules.NextScrape(channel.Cron, now),
        channel.CreatedAt,
        channel.UpdatedAt);
}

/// <summary>That a channel's source is being left alone, because it asked for it or blocks this machine.</summary>
/// <param name="Reason">What it said.</param>
/// <param name="Until">When it is asked again.</param>
/// <param name="Refusals">How often in a row it has refused.</param>
internal sealed record SourcePauseResponse(string Reason, DateTimeOffset Until, int Refusals);
