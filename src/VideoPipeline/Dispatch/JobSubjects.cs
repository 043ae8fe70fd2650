using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// What people call the things that jobs are about: a video's title, a channel's name. The mirror writes it into background
/// jobs, so that Hangfire's lists can be read without a query for each of their rows. A title that changes later stays as
/// it was there.
/// </summary>
/// <remarks>Not for several threads at once.</remarks>
internal sealed class JobSubjects
{
    /// <summary>The stages of a video follow each other: its title is asked for once, not for each of them.</summary>
    private const int Kept = 2_000;

    private const int AskedForAtOnce = 500;

    private readonly Dictionary<(long? VideoId, long ChannelId), string> _known = [];
    private readonly Queue<(long? VideoId, long ChannelId)> _inOrder = [];

    /// <returns>By the jobs' ids; what is gone has none.</returns>
    public async Task<IReadOnlyDictionary<long, string>> OfAsync(
        PipelineDbContext db, IEnumerable<WaitingJob> jobs, CancellationToken cancellationToken)
    {
        var subjects = new Dictionary<long, string>();
        var unknown = new Dictionary<long, (long? VideoId, long ChannelId)>();
        foreach (var job in jobs)
        {
            if (_known.TryGetValue(KeyOf(job), out var known))
            {
                subjects[job.Id] = known;
            }
            else
            {
                unknown[job.Id] = KeyOf(job);
            }
        }

        foreach (var ids in unknown.Keys.Chunk(AskedForAtOnce))
        {
            var found = await db.Jobs.AsNoTracking().Where(j => ids.Contains(j.Id))
                .Select(j => new
                {
                    j.Id,
                    Subject = j.VideoId != null
                        ? db.Videos.Where(v => v.Id == j.VideoId).Select(v => v.Title).FirstOrDefault()
                        : db.Channels.Where(c => c.Id == j.ChannelId).Select(c => c.Name).FirstOrDefault(),
                })
                .ToListAsync(cancellationToken);
            foreach (var job in found.Where(job => job.Subject is not null))
            {
                subjects[job.Id] = job.Subject!;
                Keep(unknown[job.Id], job.Subject!);
            }
        }

        return subjects;
    }

    private void Keep((long? VideoId, long ChannelId) key, string subject)
    {
        if (_known.TryAdd(key, subject))
        {
            _inOrder.Enqueue(key);
            if (_inOrder.Count > Kept)
            {
                _known.Remove(_inOrder.Dequeue());
            }
        }
    }

    private static (long? VideoId, long ChannelId) KeyOf(WaitingJob job) => (job.VideoId, job.ChannelId);
}
