using System.Globalization;
using System.Runtime.InteropServices;
using VideoPipeline.Cli;

// The same on every machine, whatever its language.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

using var stop = new CancellationTokenSource();
int? stoppedBy = null;
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, ExitCode.Interrupted));
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, ExitCode.Terminated));

var exitCode = await CommandLineProgram.RunAsync(args, Terminal.OfProcess(), stop.Token);
return exitCode == ExitCode.Interrupted ? stoppedBy ?? exitCode : exitCode;

void Stop(PosixSignalContext signal, int exitCode)
{
    // A second one ends it at once: whatever hangs must not need a SIGKILL.
    if (stoppedBy is not null)
    {
        return;
    }

    signal.Cancel = true;
    stoppedBy = exitCode;
    stop.Cancel();
}
