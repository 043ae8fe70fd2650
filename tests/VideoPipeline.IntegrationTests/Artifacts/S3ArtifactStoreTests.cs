using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Amazon.S3.Model;
using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Artifacts;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Download;
using static VideoPipeline.IntegrationTests.NetworkDirection;
using static VideoPipeline.IntegrationTests.NetworkFault;

namespace VideoPipeline.IntegrationTests.Artifacts;

/// <summary>The store against a real server, over a network that isn't always there.</summary>
internal sealed class S3ArtifactStoreTests
{
    private const string Key = "1/2/source.mp4";
    private const int Megabyte = 1 << 20;

    [Test]
    public async Task A_large_file_goes_in_parts_and_comes_back_the_same()
    {
        await using var bench = await StoreBench.StartAsync(options => options.Prefix = "team/videos");
        var file = bench.NewFile((12 * Megabyte) + 345);
        var expected = await DurableFile.DigestAsync(file, CancellationToken.None);
        var progress = 0.0;

        var digest = await bench.Store.MoveInAsync(
            file, Key, CancellationToken.None, reportPercent: percent => Volatile.Write(ref progress, Math.Max(percent, Volatile.Read(ref progress))));

        Assert.That(digest, Is.EqualTo(expected));
        await Eventually.TrueAsync(() => Volatile.Read(ref progress) > 99.9, "all of it is reported");
        var found = await bench.Store.FindFileAsync(Key, expected, bench.WorkFolder, CancellationToken.None);
        using var client = S3Server.NewClient();
        var metadata = await client.GetObjectMetadataAsync(bench.Options.Bucket, "team/videos/" + Key);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await DurableFile.DigestAsync(found!, CancellationToken.None), Is.EqualTo(expected));
            Assert.That(metadata.ETag, Does.EndWith("-3\""), "three parts");
            Assert.That(metadata.Headers.ContentType, Is.EqualTo("video/mp4"));
            Assert.That(metadata.Metadata["sha256"], Is.EqualTo(expected.Sha256));
            Assert.That(await S3Server.UnfinishedUploadsAsync(bench.Options.Bucket), Is.Empty);
        }
    }

    [Test]
    public async Task What_is_stored_already_is_not_sent_again()
    {
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        await using var bench = await StoreBench.StartAsync(endpoint: network.Through(S3Server.Endpoint));
        await bench.Store.MoveInAsync(bench.NewFile(6 * Megabyte), Key, CancellationToken.None);
        var before = network.Passed(ToServer);

        // As after a crash between the upload and the commit.
        var again = bench.NewFile(6 * Megabyte);
        await bench.Store.MoveInAsync(again, Key, CancellationToken.None);

        Assert.That(network.Passed(ToServer) - before, Is.LessThan(10_000));
        Assert.That(File.Exists(again), Is.False);
        await bench.Store.MoveInAsync(bench.NewFile(6 * Megabyte, seed: 2), Key, CancellationToken.None);
        Assert.That(network.Passed(ToServer) - before, Is.GreaterThan(6 * Megabyte), "another content of the same size is");
    }

    [Test]
    public async Task Content_that_lost_its_label_is_known_by_reading_it()
    {
        await using var bench = await StoreBench.StartAsync();
        using var client = S3Server.NewClient();
        await client.PutObjectAsync(new PutObjectRequest { BucketName = bench.Options.Bucket, Key = Key, ContentBody = "abc" });
        var sha256 = Convert.ToHexStringLower(SHA256.HashData("abc"u8));

        Assert.That(await bench.Store.HasAsync(Key, new(3, sha256), CancellationToken.None));
        Assert.That(await bench.Store.HasAsync(Key, new(3, new string('0', 64)), CancellationToken.None), Is.False);
    }

    [TestCase(Cut)]
    [TestCase(Truncate)]
    public async Task Reading_goes_on_where_it_was_cut(NetworkFault fault)
    {
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        await using var bench = await StoreBench.StartAsync(endpoint: network.Through(S3Server.Endpoint));
        var digest = await bench.Store.MoveInAsync(bench.NewFile(8 * Megabyte), Key, CancellationToken.None);
        var before = network.Passed(ToClient);

        // So slow that the client has taken what came before the fault.
        network.Delay = TimeSpan.FromMilliseconds(5);
        network.Plan(fault, ToClient, 3_000_000);
        network.Plan(fault, ToClient, 2_000_000);

        var found = await bench.Store.FindFileAsync(Key, digest, bench.WorkFolder, CancellationToken.None);

        Assert.That(network.Faults, Is.EqualTo(2));
        Assert.That(await DurableFile.DigestAsync(found!, CancellationToken.None), Is.EqualTo(digest));
        Assert.That(network.Passed(ToClient) - before, Is.LessThan(9 * Megabyte), "what had come wasn't fetched again");
    }

    [Test]
    public async Task A_part_that_is_cut_is_sent_again()
    {
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        await using var bench = await StoreBench.StartAsync(endpoint: network.Through(S3Server.Endpoint));
        var file = bench.NewFile(12 * Megabyte);
        network.Plan(Cut, ToServer, 7_000_000);

        var digest = await bench.Store.MoveInAsync(file, Key, CancellationToken.None);

        Assert.That(network.Faults, Is.EqualTo(1));
        Assert.That(await bench.Store.HasAsync(Key, digest, CancellationToken.None));
    }

    [Test]
    public async Task An_answer_that_is_lost_after_the_last_step_is_no_failure()
    {
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        await using var bench = await StoreBench.StartAsync(endpoint: network.Through(S3Server.Endpoint));
        var file = bench.NewFile(7 * Megabyte);

        network.PlanAt(Cut, ToClient, "CompleteMultipartUploadResult");

        await bench.Store.MoveInAsync(file, Key, CancellationToken.None);

        Assert.That(network.Faults, Is.EqualTo(1));
        Assert.That(await S3Server.KeysAsync(bench.Options.Bucket), Is.EqualTo(new[] { Key }));
        Assert.That(await S3Server.UnfinishedUploadsAsync(bench.Options.Bucket), Is.Empty);
    }

    [Test]
    public async Task A_server_that_falls_silent_is_given_up_and_the_upload_can_be_repeated()
    {
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        await using var bench = await StoreBench.StartAsync(options => options.IdleTimeout = TimeSpan.FromSeconds(3), network.Through(S3Server.Endpoint));
        var file = bench.NewFile(12 * Megabyte);
        network.Plan(FallSilent, ToServer, 8_000_000);

        Assert.That(
            async () => await bench.Store.MoveInAsync(file, Key, CancellationToken.None),
            Throws.TypeOf<TransientFailureException>().With.Message.Contains("said nothing for 3 s"));

        Assert.That(File.Exists(file));
        Assert.That(await S3Server.KeysAsync(bench.Options.Bucket), Is.Empty);
        Assert.That(await S3Server.UnfinishedUploadsAsync(bench.Options.Bucket), Is.Empty, "it was taken back");
        await bench.Store.MoveInAsync(file, Key, CancellationToken.None);
        Assert.That(await S3Server.KeysAsync(bench.Options.Bucket), Is.EqualTo(new[] { Key }));
    }

    [Test]
    public async Task A_body_that_falls_silent_is_given_up_and_read_on()
    {
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        await using var bench = await StoreBench.StartAsync(endpoint: network.Through(S3Server.Endpoint));
        var digest = await bench.Store.MoveInAsync(bench.NewFile(8 * Megabyte), Key, CancellationToken.None);
        bench.Options.IdleTimeout = TimeSpan.FromSeconds(1);
        network.Plan(FallSilent, ToClient, 4_000_000);

        var found = await bench.Store.FindFileAsync(Key, digest, bench.WorkFolder, CancellationToken.None);

        Assert.That(await DurableFile.DigestAsync(found!, CancellationToken.None), Is.EqualTo(digest));
        Assert.That(network.Faults, Is.EqualTo(1));
    }

    [Test]
    public async Task A_cancelled_upload_stops_soon_even_if_the_server_is_silent()
    {
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        await using var bench = await StoreBench.StartAsync(endpoint: network.Through(S3Server.Endpoint));
        var file = bench.NewFile(12 * Megabyte);
        for (var connection = 0; connection < 8; connection++)
        {
            network.Plan(FallSilent, ToServer, 1_000_000);
        }

        using var cancel = new CancellationTokenSource();
        var upload = bench.Store.MoveInAsync(file, Key, cancel.Token);
        await Eventually.TrueAsync(() => network.Faults > 0, "it is silent");
        var watch = Stopwatch.StartNew();
        await cancel.CancelAsync();

        Assert.That(async () => await upload, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(await S3Server.KeysAsync(bench.Options.Bucket), Is.Empty);
    }

    [Test]
    public async Task Nobody_can_write_a_file_while_it_is_stored()
    {
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        await using var bench = await StoreBench.StartAsync(endpoint: network.Through(S3Server.Endpoint));
        var file = bench.NewFile(6 * Megabyte);
        network.Delay = TimeSpan.FromMilliseconds(20);
        var upload = bench.Store.MoveInAsync(file, Key, CancellationToken.None);
        await Eventually.TrueAsync(() => network.Passed(ToServer) > 1_000_000, "it is under way");

        Assert.That(() => new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), Throws.InstanceOf<IOException>());
        network.Delay = TimeSpan.Zero;
        await upload;
    }

    [Test]
    public async Task Uploads_are_abandoned_only_when_nothing_came_for_long_and_they_are_ours()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await StoreBench.StartAsync(options => options.Prefix = "videos", time: time);
        using var client = S3Server.NewClient();
        foreach (var key in new[] { "videos/1/2/source.mp4", "videos/1/2/notes.txt", "others/1/2/source.mp4" })
        {
            var upload = await client.InitiateMultipartUploadAsync(bench.Options.Bucket, key);
            using var part = new MemoryStream(new byte[100]);
            await client.UploadPartAsync(new() { BucketName = bench.Options.Bucket, Key = key, UploadId = upload.UploadId, PartNumber = 1, InputStream = part });
        }

        Assert.That(await bench.Store.RemoveAbandonedUploadsAsync(CancellationToken.None), Is.Zero, "somebody may be at it");
        time.Advance(bench.Options.AbandonedAfter + TimeSpan.FromMinutes(1));
        Assert.That(await bench.Store.RemoveAbandonedUploadsAsync(CancellationToken.None), Is.EqualTo(1));

        var left = await S3Server.UnfinishedUploadsAsync(bench.Options.Bucket);
        Assert.That(left.Select(upload => upload.Key), Is.EquivalentTo(new[] { "videos/1/2/notes.txt", "others/1/2/source.mp4" }));
    }

    [Test]
    public async Task A_replaced_object_is_not_taken_for_the_expected_one()
    {
        await using var bench = await StoreBench.StartAsync();
        var digest = await bench.Store.MoveInAsync(bench.NewFile(1000), Key, CancellationToken.None);
        await bench.Store.MoveInAsync(bench.NewFile(1000, seed: 2), Key, CancellationToken.None);

        Assert.That(
            async () => await bench.Store.FindFileAsync(Key, digest, bench.WorkFolder, CancellationToken.None),
            Throws.TypeOf<PermanentFailureException>().With.Message.Contains("is not the file that was put there"));
    }

    [Test]
    public async Task It_waits_for_room_before_it_reads_anything()
    {
        await using var bench = await StoreBench.StartAsync(download: new DownloadOptions { MinimumFreeBytes = long.MaxValue / 2 });
        var digest = await bench.Store.MoveInAsync(bench.NewFile(1000), Key, CancellationToken.None);

        Assert.That(
            async () => await bench.Store.FindFileAsync(Key, digest, bench.WorkFolder, CancellationToken.None), Throws.TypeOf<SnoozeException>());
    }

    [TestCase("AccessKey", "nobody", "the access key. Set VideoPipeline__Artifacts__S3__AccessKey")]
    [TestCase("SecretKey", "wrong", "the secret key is wrong. Set VideoPipeline__Artifacts__S3__SecretKey")]
    [TestCase("Bucket", "vp-no-such-bucket", "has no bucket vp-no-such-bucket")]
    [TestCase("ChecksumWhenRequired", "False", "Set VideoPipeline__Artifacts__S3__ChecksumWhenRequired to true")]
    public async Task A_wrong_setting_fails_for_good_and_says_which(string setting, string value, string message)
    {
        await using var bench = await StoreBench.StartAsync(options =>
        {
            var property = typeof(S3Options).GetProperty(setting)!;
            property.SetValue(options, bool.TryParse(value, out var flag) ? flag : value);
        });

        var large = await FailureAsync(6 * Megabyte);
        var small = await FailureAsync(100);

        Assert.That(new[] { large.Message, small.Message }, Is.All.Contains(message).And.All.Not.Contains(S3Server.SecretKey));
        Assert.That(new[] { large, small }, Is.All.TypeOf<PermanentFailureException>());

        async Task<StageException> FailureAsync(int length) =>
            (await Assert.CatchAsync<StageException>(() => bench.Store.MoveInAsync(bench.NewFile(length), Key, CancellationToken.None)))!;
    }

    [Test]
    public async Task A_server_that_is_away_is_tried_again_later()
    {
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        await using var bench = await StoreBench.StartAsync(endpoint: network.Through(S3Server.Endpoint));
        var file = bench.NewFile(6 * Megabyte);
        network.IsDown = true;

        Assert.That(
            async () => await bench.Store.MoveInAsync(file, Key, CancellationToken.None),
            Throws.TypeOf<TransientFailureException>().With.Message.Contains("can't be reached"));
        Assert.That(async () => await bench.Store.CheckAsync(CancellationToken.None), Throws.TypeOf<TransientFailureException>());

        network.IsDown = false;
        await bench.Store.MoveInAsync(file, Key, CancellationToken.None);
        Assert.That(await bench.Store.CheckAsync(CancellationToken.None), Does.Contain(bench.Options.Bucket));
    }

    [Test]
    public async Task Nobody_listening_is_transient()
    {
        await using var bench = await StoreBench.StartAsync(endpoint: new Uri("http://127.0.0.1:9"));

        Assert.That(
            async () => await bench.Store.CheckAsync(CancellationToken.None),
            Throws.TypeOf<TransientFailureException>().With.Message.Contains("http://127.0.0.1:9 can't be reached"));
    }

    [Test]
    public async Task A_link_gives_ranges_to_whoever_has_it_and_ends()
    {
        await using var bench = await StoreBench.StartAsync();
        var file = bench.NewFile(1000);
        var bytes = await File.ReadAllBytesAsync(file);
        await bench.Store.MoveInAsync(file, Key, CancellationToken.None);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, await LinkAsync(bench.Store, HttpMethod.Get));
        request.Headers.Range = new RangeHeaderValue(100, 199);

        using var part = await http.SendAsync(request);
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, await LinkAsync(bench.Store, HttpMethod.Head)));
        await using var earlier = await StoreBench.StartAsync(
            options => options.Bucket = bench.Options.Bucket, time: new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(-2)));
        using var late = await http.GetAsync(await LinkAsync(earlier.Store, HttpMethod.Get));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(part.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
            Assert.That(await part.Content.ReadAsByteArrayAsync(), Is.EqualTo(bytes[100..200]));
            Assert.That(head.Content.Headers.ContentLength, Is.EqualTo(1000));
            Assert.That(late.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        }
    }

    private static async Task<Uri> LinkAsync(S3ArtifactStore store, HttpMethod method) =>
        ((ArtifactLocation.TemporaryLink)await store.LocateAsync(Key, method)).Uri;
}
