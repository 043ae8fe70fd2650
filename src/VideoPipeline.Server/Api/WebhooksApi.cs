using Microsoft.AspNetCore.Http.HttpResults;
using VideoPipeline.GitHub;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/webhooks</c>: its callers have no key of ours, but sign what they send.</summary>
internal static class WebhooksApi
{
    private const string Signature = "X-Hub-Signature-256";
    private const string Delivery = "X-GitHub-Delivery";
    private const string Event = "X-GitHub-Event";

    public static void MapWebhooks(this IEndpointRouteBuilder api) =>
        api.MapPost("/webhooks/github", ReceiveAsync).AllowAnonymous().WithTags("GitHub").ProducesBodyProblems()
            .WithSummary("What GitHub says of workflow runs")
            .WithDescription(
                "GitHub's own deliveries, signed with VideoPipeline:GitHub:WebhookSecret. workflow_run changes the jobs that the run runs, "
                + "workflow_job shows that it is alive, all other events are taken (202) and ignored, and so is a delivery that was taken in before.");

    /// <param name="request">Raw: what is signed is the body as it was sent.</param>
    private static async Task<Results<Ok<WebhookResponse>, Accepted<WebhookResponse>, ProblemHttpResult>> ReceiveAsync(
        HttpRequest request, WebhookReceiver webhook, CancellationToken cancellationToken)
    {
        if (!webhook.IsOpen)
        {
            return Problems.Of(StatusCodes.Status403Forbidden, "GitHub's webhook is closed, as long as VideoPipeline:GitHub:WebhookSecret is not set.");
        }

        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy, cancellationToken);
        var body = copy.GetBuffer().AsMemory(0, (int)copy.Length);
        if (!webhook.IsGenuine(request.Headers[Signature], body.Span))
        {
            return Problems.Of(StatusCodes.Status403Forbidden, "The delivery is not signed with this service's secret.", Signature, "is missing or wrong");
        }

        if (!request.HasJsonContentType())
        {
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, "Choose the content type application/json for the webhook on GitHub.", "Content-Type", "must be application/json");
        }

        var (delivery, name) = (request.Headers[Delivery].ToString(), request.Headers[Event].ToString());
        var errors = new RequestErrors();
        errors.AddIf(delivery.Length is 0 or > WebhookDelivery.MaxIdLength, Delivery, $"must have 1 to {WebhookDelivery.MaxIdLength} characters");
        errors.AddIf(name.Length is 0 or > WebhookDelivery.MaxIdLength, Event, $"must have 1 to {WebhookDelivery.MaxIdLength} characters");
        errors.ThrowIfAny();
        var answer = await webhook.ReceiveAsync(delivery, name, body, cancellationToken);
        var response = new WebhookResponse(answer.HasEffect, answer.Summary);
        return answer.HasEffect || name == "ping" ? TypedResults.Ok(response) : TypedResults.Accepted((string?)null, response);
    }
}

/// <param name="Applied">Whether a job has changed.</param>
/// <param name="Summary">For people who look at the delivery on GitHub.</param>
internal sealed record WebhookResponse(bool Applied, string Summary);
