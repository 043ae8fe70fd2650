using VideoPipeline.Stages;

namespace VideoPipeline.Tests.Stages;

public sealed class FullDiskTests
{
    [Test]
    [Platform("Linux")]
    public async Task A_stage_that_meets_a_full_disk_waits()
    {
        var now = TimeProvider.System.GetUtcNow();

        // The device on which no byte has room.
        var snooze = (await Assert.ThrowsAsync<SnoozeException>(() => FullDisk.GuardAsync(
            async () =>
            {
                await File.WriteAllTextAsync("/dev/full", "x");
                return true;
            },
            TimeProvider.System)))!;

        Assert.That(snooze.Message, Does.StartWith("The disk is full"));
        Assert.That(snooze.Until, Is.EqualTo(now.AddMinutes(5)).Within(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public void Other_errors_are_left_as_they_are() => Assert.That(
        async () => await FullDisk.GuardAsync<bool>(() => throw new FileNotFoundException("gone"), TimeProvider.System), Throws.InstanceOf<FileNotFoundException>());
}
