using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace VideoPipeline.Artifacts;

/// <summary>
/// Sends a file to its final key. No temporary name is needed: an object appears when its one request, or the completion of
/// its parts, succeeds, and until then what was there before is. Moving from a temporary key would be a copy on the server,
/// of all bytes, and for more than 5 GB one in parts that can be cut off in its turn.
/// The SDK's TransferUtility isn't used: when it fails or is cancelled it tells the server so without any limit of time, on
/// the caller's thread.
/// </summary>
internal sealed class S3Upload(IAmazonS3 s3, S3Options options, TimeProvider time, ILogger logger)
{
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
    private const int MaxParts = 10_000;

    // Putting thousands of parts together takes minutes, says the reference of CompleteMultipartUpload.
    private static readonly TimeSpan CompletionTimeout = TimeSpan.FromMinutes(10);

    // A cancelled job must stop soon; what isn't removed in this time is AbandonedUploads'.
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(3);

    private readonly bool _checksums = s3.Config.RequestChecksumCalculation == Amazon.Runtime.RequestChecksumCalculation.WHEN_SUPPORTED;

    /// <param name="file">Must not change meanwhile.</param>
    /// <param name="cancellationToken">Cancelled before the object appears: it doesn't.</param>
    public async Task SendAsync(
        string file, string key, FileDigest digest, Action<double>? reportPercent, IdleLimit limit, CancellationToken cancellationToken)
    {
        var sent = 0L;
        void OnProgress(object? sender, Amazon.Runtime.StreamTransferProgressArgs progress)
        {
            limit.Renew();
            reportPercent?.Invoke(Math.Min(100, 100.0 * Interlocked.Add(ref sent, progress.IncrementTransferred) / digest.SizeBytes));
        }

        if (digest.SizeBytes > options.PartSizeBytes)
        {
            await SendPartsAsync(file, key, digest, OnProgress, limit, cancellationToken);
            return;
        }

        // Cut off in the middle, the request is thrown away by the server.
        var request = new PutObjectRequest
        {
            BucketName = options.Bucket,
            Key = options.ObjectKey(key),
            FilePath = file,
            ContentType = ArtifactKey.ContentType(key),
            StreamTransferProgress = OnProgress,
        };
        S3Label.Write(request.Metadata, digest);
        await s3.PutObjectAsync(request, limit.Token);
    }

    private async Task SendPartsAsync(
        string file, string key, FileDigest digest, EventHandler<Amazon.Runtime.StreamTransferProgressArgs> onProgress, IdleLimit limit, CancellationToken cancellationToken)
    {
        var start = new InitiateMultipartUploadRequest { BucketName = options.Bucket, Key = options.ObjectKey(key), ContentType = ArtifactKey.ContentType(key) };
        S3Label.Write(start.Metadata, digest);
        if (_checksums)
        {
            start.ChecksumAlgorithm = ChecksumAlgorithm.CRC32;
        }

        // A crash from here on leaves an upload that nobody sees but its owner, who pays for it: AbandonedUploads removes it.
        var upload = await s3.InitiateMultipartUploadAsync(start, limit.Token);
        try
        {
            var partSize = PartSize(digest.SizeBytes, options.PartSizeBytes);
            var parts = new UploadPartResponse[(digest.SizeBytes + partSize - 1) / partSize];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, parts.Length),
                new ParallelOptions { MaxDegreeOfParallelism = options.ConcurrentParts, CancellationToken = limit.Token },
                async (index, token) =>
                {
                    var position = index * partSize;
                    var request = new UploadPartRequest
                    {
                        BucketName = options.Bucket,
                        Key = options.ObjectKey(key),
                        UploadId = upload.UploadId,
                        PartNumber = index + 1,
                        FilePath = file,
                        FilePosition = position,
                        PartSize = Math.Min(partSize, digest.SizeBytes - position),
                        StreamTransferProgress = onProgress,
                    };
                    if (_checksums)
                    {
                        request.ChecksumAlgorithm = ChecksumAlgorithm.CRC32;
                    }

                    parts[index] = await s3.UploadPartAsync(request, token);
                    limit.Renew();
                });

            var complete = new CompleteMultipartUploadRequest { BucketName = options.Bucket, Key = options.ObjectKey(key), UploadId = upload.UploadId };
            complete.AddPartETagsAndChecksums(parts);

            // The last look: a worker that has lost its job must not replace the file of the one that took it.
            cancellationToken.ThrowIfCancellationRequested();
            limit.Last(CompletionTimeout);
            await s3.CompleteMultipartUploadAsync(complete, limit.Token);
        }
        catch
        {
            await AbortAsync(key, upload.UploadId);
            throw;
        }
    }

    /// <summary>As configured, unless that makes too many parts.</summary>
    internal static long PartSize(long size, int configured) => Math.Max(configured, (size + MaxParts - 1) / MaxParts);

    private async Task AbortAsync(string key, string uploadId)
    {
        try
        {
            using var limit = new CancellationTokenSource(AbortTimeout, time);
            await s3.AbortMultipartUploadAsync(options.Bucket, options.ObjectKey(key), uploadId, limit.Token);
        }
        catch (Exception exception)
        {
            // Whatever it is, what made the upload fail is what the job's operator should hear of.
            logger.LogDebug(exception, "An unfinished upload of {Key} stays for a while", key);
        }
    }
}

/// <summary>The SHA-256 that an object carries with it, so that nobody has to read it to know what it is.</summary>
internal static class S3Label
{
    private const string Name = "sha256";

    public static void Write(MetadataCollection metadata, FileDigest digest) => metadata[Name] = digest.Sha256;

    /// <summary>Null for what somebody else has put there.</summary>
    public static string? Read(MetadataCollection metadata) => metadata[Name];
}
