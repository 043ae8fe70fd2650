using Spectre.Console;
using Spectre.Console.Rendering;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Watch;

/// <summary>The board on a terminal: the counts, and a bar for every job that runs, as many as fit.</summary>
internal static class WatchScreen
{
    private const int BarWidth = 20;
    private const int TitleWidth = 40;

    /// <param name="height">How many lines there are.</param>
    public static IRenderable Of(WatchBoard board, int height)
    {
        var lines = new List<IRenderable> { new Text(board.Summary()) };
        if (board.Paused is not null)
        {
            lines.Add(new Text(SafeText.Printable(board.Paused), new Style(Color.Yellow)));
        }

        var room = Math.Max(1, height - lines.Count - 2);
        var table = Tables.NewWithoutHeadings(6);
        foreach (var job in board.Running.Take(room))
        {
            table.AddRow(
                new Text($"  {job.JobType}"),
                new Text(SafeText.Shortened(SafeText.Printable(board.TitleOf(job)), TitleWidth)),
                Bar(job.Progress),
                new Text($"{Math.Floor(job.Progress),3} %"),
                new Text(job.Speed is { } speed ? $"{speed:0.0}x" : ""),
                new Text(job.EtaSeconds is { } eta ? $"ETA {Amounts.Clock(eta)}" : ""));
        }

        if (board.Running.Count > 0)
        {
            lines.Add(table);
        }

        if (board.Running.Count > room)
        {
            lines.Add(new Text($"  and {board.Running.Count - room} more"));
        }

        return new Rows(lines);
    }

    /// <summary>One line for a job, where nothing can be drawn over.</summary>
    public static string Line(WatchBoard board, JobAnswer job) =>
        $"  {job.JobType,-10}{SafeText.Shortened(SafeText.Printable(board.TitleOf(job)), TitleWidth)}";

    private static Text Bar(double percent)
    {
        var done = (int)Math.Clamp(percent / 100 * BarWidth, 0, BarWidth);
        return new Text($"[{new string('#', done)}{new string('.', BarWidth - done)}]", new Style(Color.Blue));
    }
}
