using Spectre.Console;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Queue;

/// <summary>What waits and runs, and what is paused: a row for each job type.</summary>
internal static class QueueTable
{
    public static Table Of(QueueAnswer queue, TimeProvider time)
    {
        var table = Tables.New("TYPE", "WAITING#", "RUNNING#", "TO RETRY#", "WORKERS#", "STATE");
        foreach (var (name, type) in queue.ByType)
        {
            table.Row(name, $"{type.Queued}", $"{type.Processing}", $"{type.Retrying}", $"{type.Workers}", State(type, time));
        }

        return table.Row("all", $"{queue.Queued}", $"{queue.Processing}", $"{queue.Retrying}", $"{queue.ByType.Values.Sum(type => type.Workers)}", "");
    }

    private static string State(JobTypeAnswer type, TimeProvider time) => !type.Paused
        ? type.Workers == 0 ? "no workers" : "runs"
        : "paused"
            + (type.PausedBy is { } by ? $" by {by}" : "")
            + (type.Until is { } until ? $" until {Amounts.Time(until, time)}" : "")
            + (type.Reason is { } reason ? $": {reason}" : "");
}
