using VideoPipeline.Server.Access;
using VideoPipeline.Server.Pages;

namespace VideoPipeline.Server.Requests;

/// <summary>What every request must keep to, before it reaches its endpoint; in this order.</summary>
internal static class RequestRules
{
    public static void UseRequestRules(this WebApplication app)
    {
        app.UseProxies();
        app.UseSecurityHeaders();
        app.UseResponseCompression();

        // Outermost but for these: turns what the others throw or leave without a body into problem details.
        // The delegate that the middleware insists on never runs, since Problems handles every exception.
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask });
        app.UseStatusCodePages(context => ProblemAnswer.SendAsync(context.HttpContext, Problems.OfStatus(context.HttpContext)));
        app.Use(RequestMethods.InvokeAsync);
        app.Use(LocalRequests.InvokeAsync);
        app.Use(ProbesOnly.InvokeAsync);
        app.UsePageAssets();

        // Before routing, since the content type decides the route.
        app.Use(RequestBody.DeclareAsync);
        app.UseRouting();

        // Those that are refused are counted, too.
        app.UseRequestMetrics();

        // Nobody's body is read before it is known that he may send one.
        app.UseAccess();
        app.Use(RequestBody.InvokeAsync);
        app.Use(RequestBody.DemandUtf8Async);
        app.Use(ShortForm.InvokeAsync);
        app.Use(QueryRules.InvokeAsync);
        app.UseAntiforgery();
    }
}
