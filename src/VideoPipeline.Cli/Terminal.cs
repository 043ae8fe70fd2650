using Spectre.Console;
using Spectre.Console.Rendering;

namespace VideoPipeline.Cli;

/// <summary>What commands write to: results to the one stream, everything else to the other.</summary>
internal sealed class Terminal
{
    // Tables are as wide as their content where nobody looks at them; programs read them by lines.
    private const int Unlimited = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // A terminal has one place for what moves: whatever has it keeps it to its end.
    private bool _isMoving;

    /// <param name="isLive">Whether output can be drawn over: it goes to a terminal.</param>
    /// <param name="tellsProgress">Whether somebody sees the errors' stream at once.</param>
    public Terminal(IAnsiConsole output, IAnsiConsole errors, bool isLive, bool tellsProgress, TimeProvider time)
    {
        (Output, Errors, IsLive, TellsProgress, Time) = (output, errors, isLive, tellsProgress, time);
        Errors.Profile.Width = Unlimited;
        if (!isLive)
        {
            Output.Profile.Width = Unlimited;
        }
    }

    public IAnsiConsole Output { get; }

    public IAnsiConsole Errors { get; }

    public bool IsLive { get; }

    public bool TellsProgress { get; }

    public TimeProvider Time { get; }

    public static Terminal OfProcess() => new(
        AnsiConsole.Console,
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }),
        isLive: !Console.IsOutputRedirected,
        tellsProgress: !Console.IsErrorRedirected,
        TimeProvider.System);

    /// <summary>For people, or for whatever reads lines.</summary>
    public void Write(IRenderable content)
    {
        if (IsLive)
        {
            Output.Write(content);
            return;
        }

        // Without the spaces that fill the last column.
        var text = string.Concat(content.GetSegments(Output).Select(segment => segment.Text));
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            WriteRaw(line.TrimEnd());
        }
    }

    /// <summary>Text for programs: as it is, without the terminal's colours and widths.</summary>
    public void WriteRaw(string text) => Output.Profile.Out.Writer.WriteLine(text);

    /// <summary>For people; never part of a result.</summary>
    public void Note(string text) => Errors.Profile.Out.Writer.WriteLine(text);

    /// <summary>
    /// Says what is waited for when it takes longer than two seconds, and takes it away again. What waits within that is not told:
    /// the outermost knows best what it is for.
    /// </summary>
    public Task<T> WaitAsync<T>(Func<Task<T>> work, string what)
    {
        return _isMoving || !TellsProgress ? work() : MoveAsync(TellAsync);

        async Task<T> TellAsync()
        {
            using var answered = new CancellationTokenSource();
            var task = work();
            var late = Task.Delay(Patience, Time, answered.Token);
            if (await Task.WhenAny(task, late) == late && !task.IsCompleted)
            {
                return await Errors.Status().StartAsync(Markup.Escape(what), _ => task);
            }

            await answered.CancelAsync();
            return await task;
        }
    }

    /// <summary>Draws something over and over. What is waited for meanwhile is not told: it would be drawn over as well.</summary>
    public Task LiveAsync(Func<LiveDisplayContext, Task> show) => MoveAsync(async () =>
    {
        await Output.Live(Text.Empty).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(show);
        return true;
    });

    private async Task<T> MoveAsync<T>(Func<Task<T>> work)
    {
        _isMoving = true;
        try
        {
            return await work();
        }
        finally
        {
            _isMoving = false;
        }
    }
}
