using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>
/// What every suite of the queue's behaviour shares: a fresh database for each test, on the storage that the suite is run
/// against (<see cref="Storage"/>, a class per storage).
/// </summary>
internal abstract class QueueFixture
{
    private string _folder = null!;

    protected static StageResult Success { get; } = new();

    /// <summary>The settings that choose the storage.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Storage { get; } = new Dictionary<string, string?>();

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("videopipeline-test-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    protected Task<QueueHost> StartAsync(Func<StageContext, CancellationToken, Task<StageResult>>? run = null, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>(Storage) { ["DataDirectory"] = _folder };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return QueueHost.StartAsync(all, run);
    }

    /// <summary>A stage that runs until it is told to stop.</summary>
    protected static async Task<StageResult> RunForeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return Success;
    }
}
