using VideoPipeline.Stages.Publish.YouTube;

namespace VideoPipeline.Tests.Stages.Publish.YouTube;

public sealed class LastByteGateTests
{
    private readonly byte[] _content = [1, 2, 3, 4, 5];

    [TestCase(0, 4)]
    [TestCase(2, 2)]
    [TestCase(3, 1)]
    public async Task What_comes_before_the_last_byte_passes(int position, int count)
    {
        await using var gate = Closed();
        gate.Position = position;

        await gate.ReadExactlyAsync(new byte[count]);

        Assert.That(gate.Position, Is.EqualTo(position + count));
    }

    [TestCase(0, 5)]
    [TestCase(4, 1)]
    [TestCase(3, 100)]
    public async Task The_last_byte_does_not_before_the_gate_is_open(int position, int count)
    {
        await using var gate = Closed();
        gate.Position = position;

        await Assert.ThrowsAsync<InvalidOperationException>(() => gate.ReadExactlyAsync(new byte[count]).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => gate.CopyToAsync(Stream.Null));
        Assert.That(gate.Position, Is.EqualTo(position), "nothing was read");
    }

    [Test]
    public async Task It_is_opened_once()
    {
        var opened = 0;
        await using var gate = new LastByteGate(new MemoryStream(_content), _ =>
        {
            opened++;
            return Task.CompletedTask;
        });
        var buffer = new byte[5];

        await gate.ReadExactlyAsync(buffer);
        gate.Position = 3;
        await gate.ReadExactlyAsync(buffer.AsMemory(0, 2));

        Assert.That((opened, buffer), Is.EqualTo((1, new byte[] { 4, 5, 3, 4, 5 })));
    }

    private LastByteGate Closed() => new(new MemoryStream(_content), _ => throw new InvalidOperationException("Not committed."));
}
