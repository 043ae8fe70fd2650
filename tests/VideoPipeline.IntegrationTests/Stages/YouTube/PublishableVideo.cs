using System.Security.Cryptography;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.Stages.YouTube;

/// <summary>A video that has come as far as its publication, of a channel that publishes on YouTube.</summary>
/// <param name="Sha256">Of the file that is to be published.</param>
internal sealed record PublishableVideo(Video Video, string Sha256, byte[] Thumbnail)
{
    /// <summary>Adds it with its artifacts. To YouTube a file is bytes, and so these are random; real videos go through the whole pipeline elsewhere.</summary>
    /// <param name="job">Whether its publish job waits.</param>
    public static async Task<PublishableVideo> AddAsync(
        PipelineDbContext db, string artifacts, int sizeBytes = 10 * UploadSession.Unit + 12_345, YouTubeTargetSettings? settings = null, bool job = false, Action<Channel>? change = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        var channel = new Channel
        {
            Name = $"Talks {Guid.NewGuid():N}"[..20],
            SourceUrl = "/nowhere",
            Profile = "youtube-1080p",
            Rights = ChannelRights.Own,
            Attribution = "By A. Speaker",
            TargetKind = TargetKind.Youtube,
            YouTube = settings,
            CreatedAt = now,
            UpdatedAt = now,
        };
        change?.Invoke(channel);
        db.Channels.Add(channel);
        await db.SaveChangesAsync();

        var video = new Video { ChannelId = channel.Id, ExternalId = "a", Url = "https://videos.example/a.mp4", Title = "A talk", CreatedAt = now, UpdatedAt = now };
        db.Videos.Add(video);
        await db.SaveChangesAsync();

        var file = new byte[sizeBytes];
        new Random(sizeBytes).NextBytes(file);
        var thumbnail = new byte[5_000];
        new Random(1).NextBytes(thumbnail);
        await StoreAsync(db, artifacts, video, ArtifactKind.Output, ArtifactKey.Output(channel.Id, video.Id, ".mp4"), file, now);
        await StoreAsync(db, artifacts, video, ArtifactKind.Thumbnail, ArtifactKey.Thumbnail(channel.Id, video.Id), thumbnail, now);
        if (job)
        {
            db.Jobs.Add(NextStage.New(JobType.Publish, channel.Id, video.Id, priority: 5, maxAttempts: 3, now));
        }

        await db.SaveChangesAsync();
        return new(video, Convert.ToHexStringLower(SHA256.HashData(file)), thumbnail);
    }

    private static async Task StoreAsync(PipelineDbContext db, string artifacts, Video video, ArtifactKind kind, string key, byte[] content, DateTimeOffset now)
    {
        var path = Path.Combine(artifacts, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, content);
        db.Artifacts.Add(new() { VideoId = video.Id, Kind = kind, Key = key, SizeBytes = content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), CreatedAt = now });
    }
}
