using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Queue;

internal sealed class NodesCommand(Terminal terminal) : RemoteCommand<RemoteSettings>(terminal)
{
    protected override async Task<int> RunAsync(ServiceClient service, RemoteSettings settings, CancellationToken cancellationToken) =>
        Show(service, settings, await service.GetAsync("api/nodes", cancellationToken), ServiceJson.Default.ListAnswerNodeAnswer, nodes => Draw(nodes.Items));

    private void Draw(IReadOnlyList<NodeAnswer> nodes)
    {
        var table = Tables.New("NODE", "STATUS", "ROLE", "VERSION", "STARTED", "LAST SEEN", "WORKERS", "RUNS");
        foreach (var node in nodes)
        {
            table.Row(
                node.Name,
                node.Status,
                node.Role,
                node.Version,
                Amounts.Time(node.StartedAt, Terminal.Time),
                Amounts.Time(node.LastSeenAt, Terminal.Time),
                string.Join(' ', node.Workers.Where(type => type.Value > 0).Select(type => $"{type.Key} {type.Value}")),
                string.Join(", ", node.Jobs.Select(job => $"{job.JobType} {job.Id} ({Math.Floor(job.Progress)} %)")));
        }

        Terminal.Write(table);
    }
}
