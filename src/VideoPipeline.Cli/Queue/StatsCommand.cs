using System.ComponentModel;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Queue;

internal sealed class StatsCommand(Terminal terminal) : RemoteCommand<StatsCommand.Settings>(terminal)
{
    internal sealed class Settings : RemoteSettings
    {
        [CommandOption("-t|--type <TYPE>")]
        [Description("Only scrape, download, transform or publish")]
        public string? JobType { get; init; }
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken) =>
        Show(
            service,
            settings,
            await service.GetAsync(ServiceClient.Path("api/statistics", ("jobType", settings.JobType)), cancellationToken),
            ServiceJson.Default.StatisticsAnswer,
            statistics => Draw(statistics, settings.JobType));

    private void Draw(StatisticsAnswer statistics, string? jobType)
    {
        var table = Tables.New(
            "TYPE", "JOBS#", "WAITING#", "RUNNING#", "TO RETRY#", "COMPLETED#", "FAILED#", "CANCELLED#", "SUCCESS#", "TIME P50#", "TIME P95#", "WAIT P50#", "WAIT P95#");
        foreach (var (name, part) in statistics.ByType ?? new Dictionary<string, StatisticsAnswer>(StringComparer.Ordinal))
        {
            Row(name, part);
        }

        Row(jobType ?? "all", statistics);
        Terminal.Write(table);

        void Row(string name, StatisticsAnswer part) => table.Row(
            name,
            $"{part.TotalJobs}",
            $"{part.Queued}",
            $"{part.Processing}",
            $"{part.Retrying}",
            $"{part.Completed}",
            $"{part.Failed}",
            $"{part.Cancelled}",
            part.Completed + part.Failed == 0 ? "-" : $"{part.SuccessRate:0.0} %",
            Time(part.P50ProcessingTime, part),
            Time(part.P95ProcessingTime, part),
            Time(part.P50WaitTime, part),
            Time(part.P95WaitTime, part));

        static string Time(double seconds, StatisticsAnswer part) => part.Completed == 0 ? "-" : Amounts.Duration(seconds);
    }
}
