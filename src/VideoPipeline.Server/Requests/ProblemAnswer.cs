using System.Net.Mime;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using VideoPipeline.Server.Pages;

namespace VideoPipeline.Server.Requests;

/// <summary>Says a problem in the form that who asks can read: a page for a browser that asks for one, else problem details.</summary>
internal static class ProblemAnswer
{
    private static readonly PathString Api = "/api";

    public static async Task SendAsync(HttpContext context, ProblemHttpResult problem)
    {
        if (!WantsPage(context.Request))
        {
            await problem.ExecuteAsync(context);
            return;
        }

        // The page that has failed has used up what renders pages in this request's scope.
        var services = context.RequestServices;
        await using var scope = services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        try
        {
            await new RazorComponentResult<ProblemPage>(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                [nameof(ProblemPage.Status)] = problem.StatusCode,
                [nameof(ProblemPage.Title)] = problem.ProblemDetails.Title ?? ReasonPhrases.GetReasonPhrase(problem.StatusCode),
                [nameof(ProblemPage.Detail)] = problem.ProblemDetails.Detail ?? "",
            })
            {
                StatusCode = problem.StatusCode,
            }.ExecuteAsync(context);
        }
        finally
        {
            context.RequestServices = services;
        }
    }

    /// <summary>Whether a browser is about to show the answer. The API answers everybody the same.</summary>
    public static bool WantsPage(HttpRequest request) =>
        !request.Path.StartsWithSegments(Api) && request.GetTypedHeaders().Accept.Any(type => type.MediaType == MediaTypeNames.Text.Html);
}
