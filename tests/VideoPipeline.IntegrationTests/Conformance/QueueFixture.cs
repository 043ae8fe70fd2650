using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>
/// What every suite of the queue's behaviour shares: a fresh database for each test, on the storage that the suite is run
/// against (a class per storage). What is promised to happen within a moment is tried again when it was late, since a busy
/// machine is no defect; three times it isn't late by chance.
/// </summary>
internal abstract class QueueFixture(TestStorage storage)
{
    private string _folder = null!;
    private IReadOnlyDictionary<string, string?> _storage = null!;

    protected static StageResult Success { get; } = new();

    [SetUp]
    public async Task MakeStorageAsync()
    {
        _storage = await storage.ResetAsync();
        _folder = Directory.CreateTempSubdirectory("videopipeline-test-").FullName;
        await storage.PrepareAsync(_folder);
    }

    [TearDown]
    public void RemoveFolder()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    protected Task<QueueHost> StartAsync(Func<StageContext, CancellationToken, Task<StageResult>>? run = null, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>(_storage) { ["DataDirectory"] = _folder };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return QueueHost.StartAsync(all, run, storage.Configure);
    }

    /// <summary>A second node on the same database, with a data folder of its own, as every node has.</summary>
    protected Task<QueueHost> StartAnotherAsync(params (string Name, string Value)[] settings) =>
        StartAsync(null, [.. settings, ("DataDirectory", Path.Combine(_folder, "another"))]);

    /// <summary>A stage that runs until it is told to stop.</summary>
    protected static async Task<StageResult> RunForeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return Success;
    }
}
