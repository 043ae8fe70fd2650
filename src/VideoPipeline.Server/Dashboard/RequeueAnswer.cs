using Hangfire;
using Hangfire.States;
using VideoPipeline.Dispatch;

namespace VideoPipeline.Server.Dashboard;

/// <summary>
/// The answer to Requeue on the page of a background job. Hangfire calls it refused (422) when the record didn't become
/// enqueued; here its row was retried in a background job of its own instead, which is what was asked for.
/// </summary>
internal static class RequeueAnswer
{
    private const string Requeue = $"{HangfireDashboard.Path}/jobs/actions/requeue";

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response is { StatusCode: StatusCodes.Status422UnprocessableEntity, HasStarted: false }
            && context.Request.Path.StartsWithSegments(Requeue, out var rest) && rest.Value?.TrimStart('/') is { Length: > 0 } id)
        {
            using var connection = context.RequestServices.GetRequiredService<JobStorage>().GetConnection();
            var state = connection.GetStateData(id);
            if (state?.Name == DeletedState.StateName && RetriedRecord.IsReason(state.Reason))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            }
        }
    }
}
