using VideoPipeline.Nodes;

namespace VideoPipeline.Server.Requests;

/// <summary>A node that only runs jobs answers nothing but probes, whatever is mapped: nobody operates the queue through it.</summary>
internal static class ProbesOnly
{
    private static readonly PathString[] Probes = ["/health", "/metrics"];

    public static Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        context.RequestServices.GetRequiredService<ThisNode>().Role != NodeRole.Worker || Probes.Any(probe => context.Request.Path.StartsWithSegments(probe))
            ? next(context)
            : Problems.Of(StatusCodes.Status404NotFound, $"There is nothing at {context.Request.Path}: this node runs jobs, and answers probes only.")
                .ExecuteAsync(context);
}
