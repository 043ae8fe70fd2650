using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Publish.YouTube;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>What publishing once relies on: nothing is spent twice, and a late worker's write is refused.</summary>
internal abstract class PublishConformance(TestStorage storage) : QueueFixture(storage)
{
    private static readonly FileDigest Digest = new(1_000, new string('a', 64));

    [Test]
    public async Task Many_who_spend_at_once_spend_no_more_than_there_is()
    {
        await using var host = await StartWithoutWorkersAsync(("YouTube:DailyUnits", "100"));
        var ledger = host.Get<QuotaLedger>();

        var spent = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            try
            {
                await ledger.SpendAsync(YouTubeQuota.Units, 3, CancellationToken.None);
                return 3;
            }
            catch (SnoozeException)
            {
                return 0;
            }
        }));

        Assert.That(spent.Sum(), Is.EqualTo(99));
        Assert.That(await ledger.UsedAsync(YouTubeQuota.Units, CancellationToken.None), Is.EqualTo(99));
        Assert.That((await ledger.CloseUploadsAsync("UCone", CancellationToken.None)).Until, Is.GreaterThan(TimeProvider.System.GetUtcNow()));
        await Assert.ThrowsAsync<SnoozeException>(() => ledger.RequireUploadsOpenAsync("UCone", CancellationToken.None));
    }

    [Test]
    public async Task A_publication_belongs_to_the_attempt_that_holds_its_job()
    {
        await using var host = await StartWithoutWorkersAsync();
        var intents = host.Get<PublishIntents>();
        var job = await host.EnqueueAsync();
        var late = (await host.Rows.ClaimAsync(job.Id, JobType.Publish, "late", hangfireJobId: null))!;
        Assert.That(await intents.TakeAsync(late, TargetKind.Youtube, CancellationToken.None), Is.Null);
        var begun = await intents.BeginAsync(late, TargetKind.Youtube, "UCone", Digest, CancellationToken.None);
        begun = await intents.ChangeAsync(begun, (intent, _) => intent.SessionUri = "https://upload.example/1", CancellationToken.None);

        await host.Rows.RescueAsync(holdersAreDead: true, CancellationToken.None);
        var holder = (await host.Rows.ClaimAsync(job.Id, JobType.Publish, "holder", hangfireJobId: null))!;
        var taken = (await intents.TakeAsync(holder, TargetKind.Youtube, CancellationToken.None))!;

        await Assert.ThrowsAsync<TransientFailureException>(() => intents.ChangeAsync(begun, (intent, now) => intent.FinishingAt = now, CancellationToken.None));
        await Assert.ThrowsAsync<TransientFailureException>(() => intents.TakeAsync(late, TargetKind.Youtube, CancellationToken.None));
        await Assert.ThrowsAsync<TransientFailureException>(() => intents.ForgetAsync(begun, CancellationToken.None));
        var changed = await intents.ChangeAsync(taken, (intent, now) => intent.FinishingAt = now, CancellationToken.None);
        Assert.That((taken.SessionUri, taken.Marker), Is.EqualTo((begun.SessionUri, begun.Marker)));
        Assert.That(changed.FinishingAt, Is.Not.Null);
    }

    private Task<QueueHost> StartWithoutWorkersAsync(params (string Name, string Value)[] settings) =>
        StartAsync(run: null, [("Workers:Publish", "0"), .. settings]);
}
