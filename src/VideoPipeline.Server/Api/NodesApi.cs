using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/nodes</c></summary>
internal static class NodesApi
{
    public static void MapNodes(this IEndpointRouteBuilder api) =>
        api.MapGet("/nodes", ListAsync).WithTags("Nodes")
            .WithSummary("The nodes that work on this database, and what they run")
            .WithDescription("Those that are alive by their names, then the lost ones, the latest first. One that has said nothing for 15 s is lost; a day later it is forgotten.");

    private static async Task<Ok<ListResponse<NodeResponse>>> ListAsync(
        IDbContextFactory<PipelineDbContext> contexts, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var nodes = await NodeOverview.ReadAsync(db, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(new ListResponse<NodeResponse>([.. nodes.Select(NodeResponse.Of)], NextCursor: null));
    }
}

[JsonConverter(typeof(LowerCaseEnumConverter<NodeStatus>))]
internal enum NodeStatus
{
    Alive,
    Lost,
}

/// <summary>A node as the API shows it.</summary>
/// <param name="Id">Of this start of the process: a restart is another node.</param>
/// <param name="LastSeenAt">When it last said that it is alive.</param>
/// <param name="Workers">How many jobs of each type it runs at once.</param>
/// <param name="Jobs">What it runs now. Of a lost node: what has not been taken back yet.</param>
internal sealed record NodeResponse(
    Guid Id,
    string Name,
    NodeStatus Status,
    NodeRole Role,
    string Version,
    DateTimeOffset StartedAt,
    DateTimeOffset LastSeenAt,
    IReadOnlyDictionary<string, int> Workers,
    IReadOnlyList<NodeJobResponse> Jobs)
{
    public static NodeResponse Of(NodeOverview overview) => new(
        overview.Node.Id,
        overview.Node.Name,
        overview.IsAlive ? NodeStatus.Alive : NodeStatus.Lost,
        overview.Node.Role,
        overview.Node.Version,
        overview.Node.StartedAt,
        overview.Node.SeenAt,
        JobTypes.All.ToDictionary(jobType => jobType.Name(), overview.Node.WorkersOf),
        [.. overview.Jobs.Select(job => new NodeJobResponse(job.Id, job.JobType, job.VideoId, job.ChannelId, job.Progress ?? 0, job.Since))]);
}

/// <param name="Since">When this attempt started.</param>
internal sealed record NodeJobResponse(long Id, JobType JobType, long? VideoId, long ChannelId, double Progress, DateTimeOffset Since);
