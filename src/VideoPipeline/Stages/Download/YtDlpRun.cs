using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Download;

/// <summary>Watches one run of yt-dlp by its lines: refuses what the channel doesn't take, holds room for it, reports.</summary>
internal sealed class YtDlpRun(
    ScrapeFilters filters, string title, string folder, long maxSizeBytes, DiskReservation room, Action<StageProgress> report)
{
    // Of files that are complete already: picture before sound.
    private long _before;
    private long _current;
    private long? _expected;
    private long _furthest;
    private bool _merges;

    /// <summary>The path of the finished file.</summary>
    public string? File { get; private set; }

    /// <returns>True when the line says that it got further.</returns>
    /// <exception cref="StageException">The download must not go on.</exception>
    public bool Read(string line)
    {
        if (YtDlpOutput.Video(line) is { } video)
        {
            Begin(video);
            return true;
        }

        if (YtDlpOutput.File(line) is { } file)
        {
            File = Path.GetFullPath(file, folder);
            return true;
        }

        return YtDlpOutput.Progress(line) is { } progress && Advance(progress);
    }

    private void Begin(YtDlpVideo video)
    {
        if (video.Count > 1)
        {
            throw new PermanentFailureException(
                $"{title} leads to {video.Count} videos. Add the URL as the source of a channel of kind ytdlp instead.");
        }

        SourceFilters.DemandDuration(video.Duration, filters, title);
        SourceFilters.DemandDate(video.PublishedAt, filters, title);
        _merges = video.IsMerged;
        _expected = video.Size;
        if (_expected is { } bytes)
        {
            RefuseAbove(bytes);
            room.Cover(OnDisk(bytes));
        }
    }

    private bool Advance(YtDlpFile file)
    {
        if (file.Bytes < _current)
        {
            // The next file has begun.
            _before += _current;
        }

        var total = file.Total ?? _expected;
        if (_current == 0 && _before == 0 && file.Total is { } fileTotal && _expected is null)
        {
            RefuseAbove(fileTotal);
            room.Cover(OnDisk(Math.Max(0, fileTotal - file.Bytes)));
        }

        _current = file.Bytes;
        var all = _before + _current;
        RefuseAbove(all);
        if (all <= _furthest)
        {
            return file.Finished;
        }

        room.Cover(all - _furthest);
        room.Used(all - _furthest);
        _furthest = all;
        var whole = Math.Max(_expected ?? 0, _before + (total ?? 0));
        if (whole > 0)
        {
            report(new(Math.Min(100, 100.0 * all / whole), Speed: null, file.Speed > 0 ? TimeSpan.FromSeconds(Math.Min(1e8, Math.Max(0, whole - all) / file.Speed.Value)) : null));
        }

        return true;
    }

    /// <summary>Picture and sound lie beside what is made of them until that is complete.</summary>
    private long OnDisk(long bytes) => _merges ? bytes * 2 : bytes;

    private void RefuseAbove(long bytes)
    {
        if (bytes > maxSizeBytes)
        {
            throw new PermanentFailureException($"The video is larger than {maxSizeBytes} bytes, the limit of VideoPipeline__Download__MaxSizeBytes.");
        }
    }
}
