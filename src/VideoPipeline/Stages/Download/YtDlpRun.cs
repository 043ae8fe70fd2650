using VideoPipeline.Catalog;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Download;

/// <summary>Watches one run of yt-dlp by its lines: refuses what the channel doesn't take, holds room for it, reports.</summary>
internal sealed class YtDlpRun(
    ScrapeFilters filters, string title, string folder, long maxSizeBytes, DiskReservation room, Action<StageProgress> report)
{
    // In seconds; more says nothing.
    private const double MaxRemaining = 1e8;

    private int _files = 1;
    private int _filesDone;
    private long _bytesDone;
    private long? _size;

    // Of all files together; null until the first line, since what an earlier attempt has left is on the disk already.
    private long? _furthest;
    private double _percent;

    /// <summary>The path of the finished file.</summary>
    public string? File { get; private set; }

    /// <summary>For how long nothing may be heard of it: once everything is fetched, picture and sound are put together in silence.</summary>
    /// <param name="fetching">The same while something is fetched.</param>
    public TimeSpan StallTimeout(TimeSpan fetching) => _filesDone < _files ? fetching : fetching * Ffmpeg.FinishingFactor;

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
        _files = Math.Max(1, video.Files);
        _size = video.Size;
        if (_size is { } bytes)
        {
            RefuseAbove(bytes);
            room.Cover(OnDisk(bytes));
        }
    }

    private bool Advance(YtDlpFile file)
    {
        var all = _bytesDone + file.Bytes;
        var isFirst = _furthest is null;
        if (_furthest is null)
        {
            _furthest = file.Finished ? 0 : all;
            if (_size is null && file.Total is { } total)
            {
                RefuseAbove(total);
                room.Cover(OnDisk(Math.Max(0, total - file.Bytes)));
            }
        }

        if (file.Finished)
        {
            _filesDone++;
            _bytesDone = all;
        }

        RefuseAbove(all);
        if (all > _furthest)
        {
            room.Cover(all - _furthest.Value);
            room.Used(all - _furthest.Value);
        }
        else if (!file.Finished && !isFirst)
        {
            return false;
        }

        _furthest = Math.Max(_furthest.Value, all);
        Report(file, all);
        return true;
    }

    private void Report(YtDlpFile file, long all)
    {
        var share = _size > 0 ? (double)all / _size.Value : (_filesDone + (file.Finished ? 0 : file.Share ?? 0)) / _files;

        // Guesses get better on the way: what was reported doesn't go back.
        _percent = Math.Max(_percent, Math.Clamp(100 * share, 0, 100));
        var left = (_size ?? (_files == 1 ? file.Total : null)) - all;
        report(new(_percent, Speed: null, left >= 0 && file.Speed > 0 ? TimeSpan.FromSeconds(Math.Min(left.Value / file.Speed.Value, MaxRemaining)) : null));
    }

    /// <summary>Picture and sound lie beside what is made of them until that is complete.</summary>
    private long OnDisk(long bytes) => _files > 1 ? bytes * 2 : bytes;

    private void RefuseAbove(long bytes)
    {
        if (bytes > maxSizeBytes)
        {
            throw new PermanentFailureException($"The video is larger than {maxSizeBytes} bytes, the limit of VideoPipeline__Download__MaxSizeBytes.");
        }
    }
}
