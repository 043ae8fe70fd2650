using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace VideoPipeline.IntegrationTests.Stages.YouTube;

/// <summary>A resumable upload as the server keeps it: of what arrives, whole units of 256 KiB stay, and the rest is lost with its connection.</summary>
internal sealed class UploadSession(string id, long total, JsonObject video) : IDisposable
{
    public const int Unit = 256 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _unit = new byte[Unit];
    private int _filled;

    public string Id => id;

    public long Total => total;

    /// <summary>The request's body: what the video is to be.</summary>
    public JsonObject Video => video;

    /// <summary>Bytes that the server has for good.</summary>
    public long Stored { get; private set; }

    /// <summary>What has arrived, request by request: the first byte's place, and how many followed it.</summary>
    public List<(long From, long Count)> Received { get; } = [];

    /// <summary>The video that it has become.</summary>
    public string? VideoId { get; set; }

    /// <summary>In lower case hexadecimal; once it is complete.</summary>
    public string? Sha256 { get; private set; }

    public bool IsComplete => Sha256 is not null;

    /// <summary>How often a byte has arrived that had arrived before.</summary>
    public long SentTwice
    {
        get
        {
            var reached = 0L;
            var twice = 0L;
            foreach (var (from, count) in Received)
            {
                twice += Math.Max(0, Math.Min(reached, from + count) - from);
                reached = Math.Max(reached, from + count);
            }

            return twice;
        }
    }

    public void BeginRequest(long from)
    {
        _filled = 0;
        Received.Add((from, 0));
    }

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        Received[^1] = (Received[^1].From, Received[^1].Count + bytes.Length);
        while (bytes.Length > 0)
        {
            var taken = Math.Min(bytes.Length, Unit - _filled);
            bytes[..taken].CopyTo(_unit.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == Unit || Stored + _filled == total)
            {
                _hash.AppendData(_unit, 0, _filled);
                Stored += _filled;
                _filled = 0;
            }
        }

        if (Stored == total && Sha256 is null)
        {
            Sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset());
        }
    }

    public void Dispose() => _hash.Dispose();
}
