using System.ComponentModel;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Channels;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Jobs;

internal sealed class JobsCommand(Terminal terminal) : RemoteCommand<JobsCommand.Settings>(terminal)
{
    internal sealed class Settings : ListSettings
    {
        [CommandOption("-s|--status <STATUS>")]
        [Description("queued, processing, completed, failed, retrying or cancelled")]
        public string? Status { get; init; }

        [CommandOption("-t|--type <TYPE>")]
        [Description("scrape, download, transform or publish")]
        public string? JobType { get; init; }

        [CommandOption("-c|--channel <CHANNEL>")]
        [Description("Only of this channel: its name or id")]
        public string? Channel { get; init; }

        [CommandOption("--video <ID>")]
        [Description("Only of this video")]
        public long? VideoId { get; init; }

        [CommandOption("--max-attempts-reached")]
        [Description("Only those whose attempts are used up: failed ones, without --status")]
        public bool MaxAttemptsReached { get; init; }

        [CommandOption("--error-contains <TEXT>")]
        [Description("Only those whose error has this text")]
        public string? ErrorContains { get; init; }
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        var channelId = await ChannelLookup.IdOrAllAsync(service, settings.Channel, cancellationToken);
        var path = ServiceClient.Path(
            "api/jobs",
            ("status", settings.Status),
            ("jobType", settings.JobType),
            ("channelId", channelId?.ToString()),
            ("videoId", settings.VideoId?.ToString()),
            ("maxAttemptsReached", settings.MaxAttemptsReached ? "true" : null),
            ("errorContains", settings.ErrorContains));
        return await ShowListAsync(service, settings, path, ServiceJson.Default.ListAnswerJobAnswer, Draw, cancellationToken);
    }

    private void Draw(IReadOnlyList<JobAnswer> jobs)
    {
        if (jobs.Count == 0)
        {
            Terminal.Note("There are no such jobs.");
            return;
        }

        Terminal.Write(JobTable.Of(jobs, withVideos: true));
    }
}

internal sealed class JobCommand(Terminal terminal) : RemoteCommand<JobCommand.Settings>(terminal)
{
    internal sealed class Settings : RemoteSettings
    {
        [CommandArgument(0, "<ID>")]
        [Description("The job's id")]
        public long Id { get; init; }

        [CommandOption("--explain")]
        [Description("Only why it doesn't run, and when it might")]
        public bool Explain { get; init; }
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        if (settings.Explain)
        {
            return Show(
                service,
                settings,
                await service.GetAsync($"api/jobs/{settings.Id}/explain", cancellationToken),
                ServiceJson.Default.ExplanationAnswer,
                explanation => Terminal.Write(JobView.OfExplanation(explanation, Terminal.Time)));
        }

        var answer = await service.GetAsync($"api/jobs/{settings.Id}", cancellationToken);
        if (settings.Json)
        {
            Terminal.WriteRaw(answer);
            return ExitCode.Ok;
        }

        var job = service.Read(answer, ServiceJson.Default.JobAnswer);
        var explained = job.IsActive
            ? await service.GetAsync($"api/jobs/{settings.Id}/explain", ServiceJson.Default.ExplanationAnswer, cancellationToken)
            : null;
        Terminal.Write(JobView.Of(job, explained, Terminal.Time));
        return ExitCode.Ok;
    }
}

internal sealed class PriorityCommand(Terminal terminal) : RemoteCommand<PriorityCommand.Settings>(terminal)
{
    internal sealed class Settings : RemoteSettings
    {
        [CommandArgument(0, "<ID>")]
        [Description("The job's id")]
        public long Id { get; init; }

        [CommandArgument(1, "<PRIORITY>")]
        [Description("0 to 10, higher first")]
        public int Priority { get; init; }
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken) =>
        Show(
            service,
            settings,
            await service.SendAsync(
                HttpMethod.Patch,
                $"api/jobs/{settings.Id}",
                $"to change the priority of job {settings.Id}",
                cancellationToken,
                new JsonObject { ["priority"] = settings.Priority }),
            ServiceJson.Default.JobAnswer,
            job => Terminal.WriteRaw($"Job {job.Id} has priority {job.Priority} and is {job.Status}."));
}
