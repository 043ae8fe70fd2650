using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Download;

namespace VideoPipeline.Artifacts;

/// <summary>Stored files as objects of a bucket of an S3 server. Memory use doesn't depend on their size.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/</remarks>
public sealed class S3ArtifactStore(IAmazonS3 s3, IOptions<S3Options> options, DiskSpace disk, TimeProvider time, ILogger<S3ArtifactStore> logger) : IArtifactStore
{
    private readonly S3Options _options = options.Value;
    private readonly AmazonS3Client _links = S3Client.CreateForLinks(options.Value);
    private readonly S3Upload _upload = new(s3, options.Value, time, logger);

    public async Task<FileDigest> MoveInAsync(
        string file, string key, CancellationToken cancellationToken, FileDigest? known = null, Action<double>? reportPercent = null)
    {
        DemandValid(key);
        FileDigest digest;

        // Held until the end: a late worker, which opens the file for itself alone, can't write it now.
        await using (var held = DurableFile.OpenRead(file))
        {
            digest = known ?? await DurableFile.DigestAsync(held, cancellationToken);
            if (!await IsLabelledAsync(key, digest, cancellationToken))
            {
                await SendAsync(file, key, digest, reportPercent, cancellationToken);
            }
        }

        // A crash before this leaves the object and the file: the next attempt finds that it is stored, and sends nothing.
        File.Delete(file);
        return digest;
    }

    public async Task<string?> FindFileAsync(string key, FileDigest expected, string workFolder, CancellationToken cancellationToken)
    {
        DemandValid(key);

        // Apart from what the stage itself writes, which may have the same name.
        var folder = Path.Combine(workFolder, "stored");
        Directory.CreateDirectory(folder);

        // Held until the copy is complete, though it takes its room on the way: that errs on the side of waiting.
        using var room = disk.Reserve(folder, expected.SizeBytes);
        var path = Path.Combine(folder, Path.GetFileName(key));
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var before = file.Position;
            try
            {
                await using var stored = await OpenReadAsync(key, before, cancellationToken);
                await DurableFile.HashAsync(
                    stored,
                    hash,
                    // Also of one that is larger than the room that was demanded for it.
                    (piece, _) => file.Position + piece.Length <= expected.SizeBytes
                        ? file.WriteAsync(piece, cancellationToken)
                        : throw UnexpectedArtifact.Failure(key),
                    cancellationToken);
                break;
            }
            catch (FileNotFoundException)
            {
                return null;
            }
            catch (TransientFailureException exception) when (file.Position > before)
            {
                // As long as something comes each time, it goes on where it was cut.
                logger.LogInformation("Reading {Key} goes on at {Position} of {Size} bytes: {Message}", key, file.Position, expected.SizeBytes, exception.Message);
            }
        }

        return new FileDigest(file.Position, Convert.ToHexStringLower(hash.GetHashAndReset())) == expected
            ? path
            : throw UnexpectedArtifact.Failure(key);
    }

    public async Task<Stream> OpenReadAsync(string key, long offset, CancellationToken cancellationToken)
    {
        DemandValid(key);
        try
        {
            return await AskAsync(
                async limit =>
                {
                    var request = new GetObjectRequest { BucketName = _options.Bucket, Key = _options.ObjectKey(key) };
                    if (offset > 0)
                    {
                        request.ByteRange = new ByteRange($"bytes={offset}-");
                    }

                    var response = await s3.GetObjectAsync(request, limit.Token);
                    return new S3ReadStream(response.ResponseStream, Explain, _options.IdleTimeout, time);
                },
                cancellationToken);
        }
        catch (StageException exception) when (exception.InnerException is AmazonS3Exception { ErrorCode: "NoSuchKey" })
        {
            throw new FileNotFoundException($"{key} is not in the store.", exception);
        }
        catch (StageException exception) when (exception.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.RequestedRangeNotSatisfiable })
        {
            // All of it has been read, as from a local file.
            return Stream.Null;
        }
    }

    /// <summary>Does nothing: a copy within S3 takes as much room as the file.</summary>
    public Task ShareAsync(string key, string otherKey, FileDigest digest, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<bool> HasAsync(string key, FileDigest digest, CancellationToken cancellationToken)
    {
        DemandValid(key);
        if (await DescribeAsync(key, cancellationToken) is not { } stored || stored.SizeBytes != digest.SizeBytes)
        {
            return false;
        }

        if (stored.Sha256 is not null)
        {
            return stored.Sha256 == digest.Sha256;
        }

        // Put there by somebody's backup or move from a folder, which has lost the label.
        await using var content = await OpenReadAsync(key, 0, cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await DurableFile.HashAsync(content, hash, (_, _) => ValueTask.CompletedTask, cancellationToken);
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == digest.Sha256;
    }

    public async Task<ArtifactLocation> LocateAsync(string key, HttpMethod method)
    {
        DemandValid(key);
        var request = new GetPreSignedUrlRequest
        {
            BucketName = _options.Bucket,
            Key = _options.ObjectKey(key),
            Verb = method == HttpMethod.Head ? HttpVerb.HEAD : HttpVerb.GET,
            Protocol = _options.EndpointOfLinks.StartsWith("http:", StringComparison.OrdinalIgnoreCase) ? Protocol.HTTP : Protocol.HTTPS,
            Expires = (time.GetUtcNow() + _options.LinkLifetime).UtcDateTime,
        };
        return new ArtifactLocation.TemporaryLink(new(await _links.GetPreSignedURLAsync(request)));
    }

    public async Task<string> CheckAsync(CancellationToken cancellationToken)
    {
        await AskAsync(
            limit => s3.ListObjectsV2Async(new() { BucketName = _options.Bucket, Prefix = _options.KeyPrefix, MaxKeys = 1 }, limit.Token), cancellationToken);
        return $"The bucket {_options.Bucket} at {_options.Server} answers.";
    }

    /// <summary>Removes unfinished uploads of artifacts that nobody can be working on any more.</summary>
    /// <returns>How many.</returns>
    internal async Task<int> RemoveAbandonedUploadsAsync(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - _options.AbandonedAfter;
        var removed = 0;
        var request = new ListMultipartUploadsRequest { BucketName = _options.Bucket, Prefix = _options.KeyPrefix };
        ListMultipartUploadsResponse page;
        do
        {
            page = await AskAsync(limit => s3.ListMultipartUploadsAsync(request, limit.Token), cancellationToken);
            foreach (var upload in page.MultipartUploads ?? [])
            {
                if (ArtifactKey.IsOfVideo(upload.Key[_options.KeyPrefix.Length..]) && await IsOlderAsync(upload, oldest, cancellationToken))
                {
                    await AskAsync(limit => s3.AbortMultipartUploadAsync(_options.Bucket, upload.Key, upload.UploadId, limit.Token), cancellationToken);
                    removed++;
                }
            }

            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);

        return removed;
    }

    /// <summary>Whether it was begun before, and the last of its parts came before: a slow upload may take days.</summary>
    private async Task<bool> IsOlderAsync(MultipartUpload upload, DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        if (upload.Initiated?.ToUniversalTime() >= oldest.UtcDateTime)
        {
            return false;
        }

        var request = new ListPartsRequest { BucketName = _options.Bucket, Key = upload.Key, UploadId = upload.UploadId };
        ListPartsResponse page;
        do
        {
            page = await AskAsync(limit => s3.ListPartsAsync(request, limit.Token), cancellationToken);
            if (page.Parts?.Any(part => part.LastModified?.ToUniversalTime() >= oldest.UtcDateTime) == true)
            {
                return false;
            }

            request.PartNumberMarker = page.NextPartNumberMarker?.ToString();
        }
        while (page.IsTruncated == true);

        return true;
    }

    private async Task SendAsync(string file, string key, FileDigest digest, Action<double>? reportPercent, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(
                async limit =>
                {
                    await _upload.SendAsync(file, key, digest, reportPercent, limit, cancellationToken);
                    return true;
                },
                cancellationToken);
        }
        catch (TransientFailureException) when (!cancellationToken.IsCancellationRequested)
        {
            // It may be that only the answer to the last request was lost.
            if (!await IsLabelledAsync(key, digest, cancellationToken))
            {
                throw;
            }
        }
    }

    private async Task<bool> IsLabelledAsync(string key, FileDigest digest, CancellationToken cancellationToken) =>
        await DescribeAsync(key, cancellationToken) is { } stored && stored.SizeBytes == digest.SizeBytes && stored.Sha256 == digest.Sha256;

    private async Task<StoredObject?> DescribeAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskAsync(limit => s3.GetObjectMetadataAsync(_options.Bucket, _options.ObjectKey(key), limit.Token), cancellationToken);
            return new(answer.ContentLength, S3Label.Read(answer.Metadata));
        }
        catch (StageException exception) when (exception.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound })
        {
            // Also without its bucket: the answer to HEAD doesn't tell the two apart. Whatever is sent there will say it.
            return null;
        }
        catch (PermanentFailureException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nor does it say what is wrong. A list's answer does, if it is refused as well.
            await CheckAsync(cancellationToken);
            throw;
        }
    }

    /// <exception cref="StageException">It failed; the message says why.</exception>
    private async Task<T> AskAsync<T>(Func<IdleLimit, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = new IdleLimit(_options.IdleTimeout, time, cancellationToken);
        try
        {
            return await ask(limit);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && S3Failure.Is(exception))
        {
            throw Explain(exception);
        }
    }

    private StageException Explain(Exception exception) => S3Failure.Of(exception, _options, time.GetUtcNow());

    private static void DemandValid(string key)
    {
        if (!ArtifactKey.IsValid(key))
        {
            throw new ArgumentException($"'{key}' is no artifact key.", nameof(key));
        }
    }

    /// <param name="Sha256">Null when it doesn't say.</param>
    private readonly record struct StoredObject(long SizeBytes, string? Sha256);
}
