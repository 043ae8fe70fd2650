using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/audit</c></summary>
internal static class AuditApi
{
    public static void MapAudit(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit", ListAsync).WithTags("Audit")
            .WithSummary("What operators have done, newest first")
            .WithDescription("actor is the name of a key, or local for whoever needed none; from is included, to is not.");

    private static async Task<Ok<ListResponse<AuditResponse>>> ListAsync(
        string? actor,
        string? action,
        DateTimeOffset? from,
        DateTimeOffset? to,
        int? limit,
        string? cursor,
        AuditLog audit,
        CancellationToken cancellationToken)
    {
        var page = Page.Of(limit, cursor);
        var filter = new AuditFilter { Actor = actor, Action = action, From = from, To = to };
        return TypedResults.Ok(page.Answer(
            await audit.ListAsync(filter, page.Fetched, page.BeforeId, cancellationToken), entry => entry.Id, AuditResponse.Of));
    }
}

/// <summary>Something that an operator did.</summary>
/// <param name="Actor">The name of the key, or local.</param>
/// <param name="JobCount">How many jobs it was done to.</param>
/// <param name="JobIds">Their ids; of very many the first ones.</param>
/// <param name="Details">What else is worth knowing of this action; null when nothing.</param>
/// <param name="Address">The network address that it came from; null when there was none.</param>
internal sealed record AuditResponse(
    long Id,
    DateTimeOffset At,
    string Actor,
    string Action,
    int JobCount,
    IReadOnlyList<long> JobIds,
    long? ChannelId,
    long? VideoId,
    JsonElement? Details,
    string? Address)
{
    public static AuditResponse Of(AuditEntry entry) => new(
        entry.Id,
        entry.At,
        entry.Actor,
        entry.Action,
        entry.JobCount,
        entry.JobIds is null ? [] : JsonSerializer.Deserialize<long[]>(entry.JobIds) ?? [],
        entry.ChannelId,
        entry.VideoId,
        entry.Details is null ? null : JsonElement.Parse(entry.Details),
        entry.Address);
}
