using System.Globalization;
using Hangfire.Dashboard;
using VideoPipeline.Jobs;
using VideoPipeline.Server.Pages;

namespace VideoPipeline.Server.Dashboard;

/// <summary>
/// What the dashboard shows of the rows beside its own counts, which know the mirrored head of the queue only: a million
/// waiting rows are a few hundred background jobs.
/// </summary>
internal static class DashboardMetrics
{
    public static DashboardMetric Waiting { get; } = new("videopipeline:waiting", "Jobs waiting", page =>
        new Metric(Figures(page).Queued) { Style = Figures(page).Queued > 0 ? MetricStyle.Info : MetricStyle.Default })
    {
        Url = QueuePage.Address,
    };

    private static DashboardMetric Retrying { get; } = new("videopipeline:retrying", "Jobs retrying", page =>
        new Metric(Figures(page).Retrying) { Style = Figures(page).Retrying > 0 ? MetricStyle.Warning : MetricStyle.Default });

    private static DashboardMetric Failed { get; } = new("videopipeline:failed", "Jobs failed", page =>
        new Metric(Figures(page).Failed)
        {
            Style = Figures(page).Failed > 0 ? MetricStyle.Danger : MetricStyle.Default,
            Highlighted = Figures(page).Failed > 0,
        })
    {
        Url = "/failures",
    };

    private static DashboardMetric OldestWaiting { get; } = new("videopipeline:oldest", "Oldest waiting", page =>
        new Metric(Figures(page).OldestWaiting is { } age ? Readable.Duration(age.TotalSeconds) : "-"));

    private static DashboardMetric SuccessRate { get; } = new("videopipeline:success", "Success in 24 h", page =>
        Figures(page).SuccessRate is { } rate
            ? new Metric(string.Create(CultureInfo.InvariantCulture, $"{rate:0.#} %")) { Style = rate < 90 ? MetricStyle.Warning : MetricStyle.Success }
            : new Metric("-"))
    {
        Url = StatisticsPage.Address,
    };

    private static DashboardMetric Paused { get; } = new("videopipeline:paused", "Paused", page =>
    {
        var paused = Services(page).GetRequiredService<DashboardFigures>().Paused;
        var value = paused.Count switch
        {
            0 => "nothing",
            var count when count == JobTypes.All.Count => "all",
            1 => paused[0].Name(),
            var count => $"{count} types",
        };
        return new Metric(value) { Style = paused.Count > 0 ? MetricStyle.Warning : MetricStyle.Default, Highlighted = paused.Count > 0 };
    })
    {
        Url = QueuePage.Address,
    };

    public static DashboardMetric[] All { get; } = [Waiting, Retrying, Failed, OldestWaiting, SuccessRate, Paused];

    private static Figures Figures(RazorPage page) => Services(page).GetRequiredService<DashboardFigures>().Read();

    private static IServiceProvider Services(RazorPage page) => page.Context.GetHttpContext().RequestServices;
}
