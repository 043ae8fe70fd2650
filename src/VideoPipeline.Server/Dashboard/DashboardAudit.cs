using Microsoft.AspNetCore.Antiforgery;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Dashboard;

/// <summary>
/// Writes down what the dashboard's buttons do to recurring jobs, before they do it: Hangfire keeps those, not a row. The
/// other buttons act on rows through <see cref="Dispatch.DashboardFilter"/>, which has its entries written with them.
/// </summary>
internal static class DashboardAudit
{
    private const string Recurring = $"{HangfireDashboard.Path}/recurring";

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (HttpMethods.IsPost(request.Method) && request.Path.StartsWithSegments(Recurring, out var button) && request.HasFormContentType
            && Actor.Current is { } actor && await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            var form = await request.ReadFormAsync(context.RequestAborted);
            await context.RequestServices.GetRequiredService<AuditLog>().WriteAsync(
                actor, AuditAction.Dashboard, new { button = button.Value?.Trim('/'), recurringJobs = form["jobs[]"].ToArray() }, context.RequestAborted);
        }

        await next(context);
    }
}
