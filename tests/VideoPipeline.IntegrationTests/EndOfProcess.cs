using System.Diagnostics;

namespace VideoPipeline.IntegrationTests;

/// <summary>Ends a program with the test that has started it, whatever became of the test.</summary>
internal sealed class EndOfProcess(Process process) : IDisposable
{
    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
