using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;

namespace VideoPipeline.GitHub;

/// <summary>
/// GitHub's webhook: <c>workflow_run</c> changes jobs, <c>workflow_job</c> shows that a run is alive, all else is taken and
/// ignored. Deliveries come late, twice and in any order.
/// </summary>
/// <seealso href="https://docs.github.com/webhooks/webhook-events-and-payloads"/>
public sealed class WebhookReceiver(
    RowWriter writer,
    IDbContextFactory<PipelineDbContext> contexts,
    RunUpdates updates,
    IOptions<GitHubOptions> options,
    TimeProvider time,
    ILogger<WebhookReceiver> logger)
{
    /// <summary>GitHub lets a delivery be repeated for three days.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>Others change the same jobs at the same moment; so often in a row they don't.</summary>
    private const int Tries = 10;

    /// <summary>Whether there is a secret to verify deliveries by; without one there is no webhook.</summary>
    public bool IsOpen => Secrets.Any();

    private IEnumerable<string> Secrets => options.Value.PreviousWebhookSecrets.Append(options.Value.WebhookSecret).Where(secret => secret.Length > 0);

    /// <summary>Whether one who knows a secret has sent this.</summary>
    public bool IsGenuine(string? signature, ReadOnlySpan<byte> body) => WebhookSignature.IsValid(signature, body, Secrets);

    /// <summary>Takes a genuine delivery in. The answer is committed, or it throws and the delivery may be repeated.</summary>
    /// <param name="deliveryId">The same when it is delivered again; then it has no effect.</param>
    /// <param name="eventName">GitHub's <c>X-GitHub-Event</c>.</param>
    /// <exception cref="InvalidRequestException">The body is none of that event's.</exception>
    public async Task<WebhookAnswer> ReceiveAsync(string deliveryId, string eventName, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        var run = eventName switch
        {
            "workflow_run" => RunOf(body, "workflow_run") ?? throw new InvalidRequestException("workflow_run", "must be a workflow run"),
            "workflow_job" => JobsRunOf(body) ?? throw new InvalidRequestException("workflow_job", "must be a job of a workflow run"),
            _ => null,
        };
        if (run is null)
        {
            return new(HasEffect: false, eventName == "ping" ? "pong" : $"Events {eventName} mean nothing here.");
        }

        for (var tries = 1; ; tries++)
        {
            try
            {
                var update = await writer.WriteAsync(
                    async db =>
                    {
                        if (await db.WebhookDeliveries.AnyAsync(d => d.Id == deliveryId))
                        {
                            return null;
                        }

                        // With the effect in one transaction: a crash leaves both or none, and then GitHub's retry has it.
                        db.WebhookDeliveries.Add(new() { Id = deliveryId, ReceivedAt = time.GetUtcNow() });
                        var update = await updates.ApplyAsync(db, run, isNews: true);
                        await db.SaveChangesAsync();
                        return update;
                    },
                    cancellationToken);
                if (update is null)
                {
                    return new(HasEffect: false, "This delivery was taken in before.");
                }

                updates.Raise(update);
                logger.LogInformation("GitHub's delivery {Delivery} of run {Run}: {Summary}", deliveryId, run.Id, update.Summary);
                return new(update.Effects.Count > 0, update.Summary);
            }
            catch (Exception exception) when (tries < Tries && (exception is DbUpdateConcurrencyException || UniqueViolation.Is(exception)))
            {
                // A job changed at the same time, or the same delivery is taken in elsewhere: looked at anew.
            }
        }
    }

    /// <summary>Deletes what is remembered of deliveries that can't come again.</summary>
    public async Task ForgetOldAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - Kept;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.WebhookDeliveries.AnyAsync(d => d.ReceivedAt < before, cancellationToken))
        {
            await writer.WriteAsync(write => write.WebhookDeliveries.Where(d => d.ReceivedAt < before).ExecuteDeleteAsync(), cancellationToken);
        }
    }

    private static GitHubRun? RunOf(ReadOnlyMemory<byte> body, string name)
    {
        using var json = Parse(body);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var run) ? GitHubRun.Of(run) : null;
    }

    /// <summary>The run that a job of it belongs to: alive, whatever this job does.</summary>
    private static GitHubRun? JobsRunOf(ReadOnlyMemory<byte> body)
    {
        using var json = Parse(body);
        return json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty("workflow_job", out var job) && job.ValueKind == JsonValueKind.Object
            && job.TryGetProperty("run_id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var run)
                ? new(
                    run,
                    job.TryGetProperty("run_attempt", out var attempt) && attempt.ValueKind == JsonValueKind.Number && attempt.TryGetInt32(out var number) ? number : null,
                    Title: null,
                    Status: "queued",
                    Conclusion: null)
                : null;
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException exception)
        {
            throw new InvalidRequestException("body", $"is not valid JSON, line {exception.LineNumber + 1}");
        }
    }
}

/// <param name="Summary">For people who look at the delivery on GitHub.</param>
public sealed record WebhookAnswer(bool HasEffect, string Summary);
