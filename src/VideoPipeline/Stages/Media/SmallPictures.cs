using System.Diagnostics;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;

namespace VideoPipeline.Stages.Media;

/// <summary>
/// Small JPEGs of stored thumbnails, for lists: a thumbnail itself has the size that publishing wants, and a page of fifty
/// would be megabytes. Made by ffmpeg when first asked for, one at a time beside the stages, and kept in memory.
/// </summary>
public sealed class SmallPictures(IArtifactStore store, IOptions<FfmpegOptions> options) : IDisposable
{
    /// <summary>In pixels, of twice the size that lists show.</summary>
    private const int Width = 192;

    private const long MaxCachedBytes = 16 * 1024 * 1024;
    private const long MaxBytes = 1024 * 1024;

    private readonly MemoryCache _made = new(new MemoryCacheOptions { SizeLimit = MaxCachedBytes });
    private readonly SemaphoreSlim _turn = new(1);

    /// <param name="key">Of the thumbnail.</param>
    /// <param name="sha256">Of its content: the same content gives the same picture.</param>
    /// <exception cref="FileNotFoundException">Nothing is stored under this key.</exception>
    /// <exception cref="StageException">The store doesn't answer, or ffmpeg can't make it.</exception>
    public async Task<byte[]> GetAsync(string key, string sha256, CancellationToken cancellationToken)
    {
        if (_made.TryGetValue(sha256, out byte[]? made))
        {
            return made!;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_made.TryGetValue(sha256, out made))
            {
                made = await MakeAsync(key, cancellationToken);
                _made.Set(sha256, made, new MemoryCacheEntryOptions { Size = made.Length });
            }

            return made!;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _made.Dispose();
        _turn.Dispose();
    }

    private async Task<byte[]> MakeAsync(string key, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("vp-picture-");
        try
        {
            var file = Path.Combine(folder.FullName, "thumbnail.jpg");
            await using (var stored = await store.OpenReadAsync(key, 0, cancellationToken))
            await using (var copy = File.Create(file))
            {
                await stored.CopyToAsync(copy, cancellationToken);
            }

            using var picture = new MemoryStream();
            var start = new ProcessStartInfo(
                options.Value.PathOf("ffmpeg"),
                ["-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-f", "image2", "-i", file, "-vf", $"scale={Width}:-2", "-frames:v", "1", "-q:v", "6", "-f", "mjpeg", "pipe:1"]);
            var result = await MediaProcess.RunAsync(
                start, "install ffmpeg", output => output.BaseStream.CopyToAsync(picture, cancellationToken), cancellationToken);
            return result.ExitCode == 0 && picture.Length is > 0 and < MaxBytes
                ? picture.ToArray()
                : throw new PermanentFailureException($"ffmpeg can't make a small picture of {key}: {(result.Errors is [.., var last] ? last : "it gave no reason")}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
