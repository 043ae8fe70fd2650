using System.Reflection;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Display;

namespace VideoPipeline.Cli;

/// <summary>The program from its arguments to its exit code.</summary>
internal static class CommandLineProgram
{
    private const string Name = "videopipeline";

    /// <returns>The exit code, see <see cref="ExitCode"/>; <see cref="ExitCode.Interrupted"/> when cancelled.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken)
    {
        // Known before the arguments are understood, for an error in them.
        var json = args.TakeWhile(argument => argument != "--").Contains("--json", StringComparer.Ordinal);
        var app = new CommandApp();
        app.Configure(config =>
        {
            config.SetApplicationName(Name);
            config.SetApplicationVersion(Version());
            config.UseStrictParsing();
            config.PropagateExceptions();
            config.Settings.Console = terminal.Output;
            config.Settings.Registrar.RegisterInstance(terminal);
            CommandTree.Configure(config);
        });
        try
        {
            return await app.RunAsync(args, cancellationToken);
        }
        catch (CommandFailure failure)
        {
            return Report(failure);
        }
        catch (CommandAppException exception)
        {
            return Report(new CommandFailure(ExitCode.WrongUsage, exception.Message, $"See '{Name} --help'.", inner: exception));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (args is not ["serve", ..])
        {
            // A defect, but whoever has typed a command has no use for a stack trace. Of the service it is kept.
            return Report(new CommandFailure(ExitCode.Failed, SafeText.Printable($"something unexpected has happened ({exception.GetType().Name}): {exception.Message}"), inner: exception));
        }

        int Report(CommandFailure failure)
        {
            terminal.Note(json ? failure.ToJson() : $"{Name}: {failure.Message}" + (failure.Hint is null ? "" : $"\n{failure.Hint}"));
            return failure.ExitCode;
        }
    }

    // Without the commit that it was built from.
    private static string Version() =>
        typeof(CommandLineProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
