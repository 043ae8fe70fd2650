using VideoPipeline.Nodes;

namespace VideoPipeline.Server.Requests;

/// <summary>A node that only runs jobs answers nothing but probes, whatever is mapped: nobody operates the queue through it.</summary>
internal static class ProbesOnly
{
    private static readonly PathString Health = "/health";

    public static Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        context.RequestServices.GetRequiredService<ThisNode>().Role != NodeRole.Worker || context.Request.Path.StartsWithSegments(Health)
            ? next(context)
            : Problems.Of(StatusCodes.Status404NotFound, $"There is nothing at {context.Request.Path}: this node runs jobs, and answers probes only.")
                .ExecuteAsync(context);
}
