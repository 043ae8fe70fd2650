using VideoPipeline.Server.Pages;

namespace VideoPipeline.Server.Requests;

/// <summary>What every request must keep to, before it reaches its endpoint; in this order.</summary>
internal static class RequestRules
{
    public static void UseRequestRules(this WebApplication app)
    {
        // Outermost: turns what the others throw or leave without a body into problem details.
        // The delegate that the middleware insists on never runs, since Problems handles every exception.
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask });
        app.UseStatusCodePages(context => ProblemAnswer.SendAsync(context.HttpContext, Problems.OfStatus(context.HttpContext)));
        app.Use(LocalRequests.InvokeAsync);
        app.Use(ProbesOnly.InvokeAsync);
        app.UsePageAssets();
        app.Use(RequestBody.InvokeAsync);

        // After the body's rule, since the content type decides the route.
        app.UseRouting();
        app.Use(QueryRules.InvokeAsync);
        app.UseAntiforgery();
    }
}
