using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Stages.Download;

namespace VideoPipeline.IntegrationTests.Artifacts;

/// <summary>A store over a bucket of its own, and a folder for local files.</summary>
internal sealed class StoreBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Amazon.S3.AmazonS3Client _client;

    private StoreBench(S3Options options, TimeProvider? time, DownloadOptions? download)
    {
        Options = options;
        _client = S3Client.Create(options);
        Store = new(
            _client,
            Microsoft.Extensions.Options.Options.Create(options),
            new DiskSpace(Microsoft.Extensions.Options.Options.Create(download ?? new DownloadOptions { MinimumFreeBytes = 0 }), TimeProvider.System),
            time ?? TimeProvider.System,
            NullLogger<S3ArtifactStore>.Instance);
    }

    public S3Options Options { get; }

    public S3ArtifactStore Store { get; }

    public string WorkFolder => _folder.NewFolder("work");

    public static async Task<StoreBench> StartAsync(
        Action<S3Options>? change = null, Uri? endpoint = null, TimeProvider? time = null, DownloadOptions? download = null)
    {
        var options = S3Server.Options(await S3Server.NewBucketAsync(), endpoint);
        options.PartSizeBytes = S3Options.MinPartSize;
        change?.Invoke(options);
        return new(options, time, download);
    }

    /// <summary>A local file of random bytes.</summary>
    public string NewFile(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        var path = _folder.Of(Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
