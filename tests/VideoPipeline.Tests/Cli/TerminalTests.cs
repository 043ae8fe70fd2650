using Microsoft.Extensions.Time.Testing;
using Spectre.Console.Testing;
using VideoPipeline.Cli;

namespace VideoPipeline.Tests.Cli;

/// <summary>What somebody is told who waits at a terminal.</summary>
public sealed class TerminalTests
{
    [Test]
    public async Task Of_waits_within_waits_the_outermost_is_told()
    {
        var time = new FakeTimeProvider();
        using var output = new TestConsole();
        using var errors = new TestConsole();
        var terminal = new Terminal(output, errors, isLive: true, tellsProgress: true, time);
        var answers = new TaskCompletionSource<int>();

        var waiting = terminal.WaitAsync(() => terminal.WaitAsync(() => answers.Task, "Waiting for a part ..."), "Waiting for all ...");
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.That(() => errors.Output, Does.Contain("Waiting for all ...").After(10_000, 20));
        answers.SetResult(7);

        Assert.That(await waiting, Is.EqualTo(7));
        Assert.That(errors.Output, Does.Not.Contain("a part"));
    }

    [Test]
    public async Task A_live_display_is_not_drawn_over()
    {
        var time = new FakeTimeProvider();
        using var output = new TestConsole();
        using var errors = new TestConsole();
        var terminal = new Terminal(output, errors, isLive: true, tellsProgress: true, time);
        var answers = new TaskCompletionSource<int>();

        var showing = terminal.LiveAsync(_ => terminal.WaitAsync(() => answers.Task, "Waiting ..."));
        time.Advance(TimeSpan.FromSeconds(3));
        answers.SetResult(7);
        await showing;

        Assert.That(errors.Output, Is.Empty);
    }

    [Test]
    public async Task Each_wait_after_another_is_told()
    {
        var time = new FakeTimeProvider();
        using var output = new TestConsole();
        using var errors = new TestConsole();
        var terminal = new Terminal(output, errors, isLive: true, tellsProgress: true, time);
        Assert.That(async () => await terminal.WaitAsync<int>(() => throw new CommandFailure(ExitCode.Failed, "no"), "Waiting ..."), Throws.TypeOf<CommandFailure>());
        var answers = new TaskCompletionSource<int>();

        var waiting = terminal.WaitAsync(() => answers.Task, "Waiting again ...");
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.That(() => errors.Output, Does.Contain("Waiting again ...").After(10_000, 20));
        answers.SetResult(7);
        await waiting;
    }
}
