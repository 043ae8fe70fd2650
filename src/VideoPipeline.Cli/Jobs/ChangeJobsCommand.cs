using System.Text.Json.Nodes;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Jobs;

/// <summary>Does the same to one job, to several, or to all that match.</summary>
/// <param name="verb">As in the API's paths.</param>
/// <param name="done">What has happened to the jobs then.</param>
internal abstract class ChangeJobsCommand(Terminal terminal, string verb, string done) : RemoteCommand<JobFilterSettings>(terminal)
{
    protected override async Task<int> RunAsync(ServiceClient service, JobFilterSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Ids is [var only] && !settings.DryRun)
        {
            // Its answer says more of a single job: why it can't be done.
            var answer = await service.SendAsync(HttpMethod.Post, $"api/jobs/{only}/{verb}", $"to {verb} job {only}", cancellationToken);
            return Show(service, settings, answer, ServiceJson.Default.JobAnswer, job => Terminal.WriteRaw($"Job {job.Id} is {job.Status}."));
        }

        var body = settings.All
            ? new JsonObject { ["filter"] = await settings.ToFilterAsync(service, cancellationToken) }
            : new JsonObject { ["ids"] = new JsonArray([.. settings.Ids.Select(id => (JsonNode)id)]) };
        body["dryRun"] = settings.DryRun;
        var text = await service.SendAsync(HttpMethod.Post, $"api/jobs/{verb}", $"to {verb} these jobs", cancellationToken, body);
        Show(
            service,
            settings,
            text,
            ServiceJson.Default.BulkAnswer,
            bulk => Terminal.WriteRaw(
                $"{Amounts.Plural(bulk.Changed, "job")} {(bulk.DryRun ? "would be " : "")}{done}{(bulk.Skipped > 0 ? $", {bulk.Skipped} left as {(bulk.Skipped == 1 ? "it is" : "they are")}" : "")}."));
        CheckAll([.. settings.Ids.Distinct()], service.Read(text, ServiceJson.Default.BulkAnswer));
        return ExitCode.Ok;
    }

    /// <summary>Who names jobs wants all of them changed.</summary>
    /// <param name="ids">Empty when a filter has chosen the jobs.</param>
    /// <exception cref="CommandFailure">Some are unknown, or were left as they are.</exception>
    private void CheckAll(long[] ids, BulkAnswer bulk)
    {
        var unknown = ids.Length - bulk.Matched;
        if (unknown > 0)
        {
            throw new CommandFailure(
                ExitCode.NotFound, $"{unknown} of {ids.Length} jobs {(unknown == 1 ? "is" : "are")} unknown.", "'videopipeline job ID' tells which.");
        }

        if (ids.Length > bulk.Changed)
        {
            throw new CommandFailure(
                ExitCode.Failed, $"{ids.Length - bulk.Changed} of {ids.Length} jobs can't be {done}.", $"'videopipeline {verb} ID' says why.");
        }
    }
}

internal sealed class RetryCommand(Terminal terminal) : ChangeJobsCommand(terminal, "retry", "queued again");

internal sealed class CancelCommand(Terminal terminal) : ChangeJobsCommand(terminal, "cancel", "cancelled");
