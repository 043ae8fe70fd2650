using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Download;

namespace VideoPipeline.Tests.Stages.Download;

public sealed class DiskSpaceTests
{
    private static readonly string Folder = Path.GetTempPath();

    private readonly FakeTimeProvider _time = new();
    private DiskSpace _disk = null!;

    // Two thirds of what is free: others use the disk meanwhile, but hardly so much of it.
    private readonly long _most = new DriveInfo(Folder).AvailableFreeSpace / 3 * 2;

    [SetUp]
    public void SetUp() => _disk = new(Options.Create(new DownloadOptions { MinimumFreeBytes = 0 }), _time);

    [Test]
    public void Two_jobs_do_not_count_on_the_same_room()
    {
        using (_disk.Reserve(Folder, _most))
        {
            Assert.That(
                () => _disk.Reserve(Folder, _most),
                Throws.InstanceOf<SnoozeException>().With.Property(nameof(SnoozeException.Until)).EqualTo(_time.GetUtcNow().AddMinutes(5)).And.Message.Contains("being written"));
        }

        Assert.That(() => _disk.Reserve(Folder, _most).Dispose(), Throws.Nothing, "what was held is given back");
    }

    [Test]
    public void What_is_on_the_disk_is_not_held_any_more()
    {
        using var room = _disk.Reserve(Folder, _most);

        room.Used(_most);

        Assert.That(() => _disk.Reserve(Folder, _most).Dispose(), Throws.Nothing);
        room.Dispose();
        Assert.That(() => _disk.Reserve(Folder, _most).Dispose(), Throws.Nothing, "and is given back once");
    }

    [Test]
    public void What_has_no_length_is_held_as_it_grows()
    {
        using var room = _disk.Reserve(Folder, 0);
        room.Cover(1);
        room.Used(1);

        Assert.That(() => room.Cover(long.MaxValue / 4), Throws.InstanceOf<SnoozeException>());
    }

    [Test]
    public void Many_at_once_hold_no_more_than_there_is()
    {
        var got = 0;
        Parallel.For(0, 64, _ =>
        {
            try
            {
                _disk.Reserve(Folder, _most / 3);
                Interlocked.Increment(ref got);
            }
            catch (SnoozeException)
            {
                // No room for this one.
            }
        });

        Assert.That(got, Is.InRange(3, 4));
    }
}
