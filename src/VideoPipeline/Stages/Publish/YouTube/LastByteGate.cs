namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>
/// A file that gives away its last byte only after something else has been done: what can't be read can't be sent. So an
/// upload can't be complete before it was committed that it may be.
/// </summary>
/// <param name="file">Seekable; closed with this stream.</param>
/// <param name="beforeLastByte">Called before each read that would return the last byte, until it has succeeded once.</param>
internal sealed class LastByteGate(Stream file, Func<CancellationToken, Task> beforeLastByte) : Stream
{
    private bool _open;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_open && file.Position + buffer.Length >= file.Length)
        {
            await beforeLastByte(cancellationToken);
            _open = true;
        }

        return await file.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
