using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Stages.Download;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.YtDlp;

namespace VideoPipeline.Stages.Scrape;

/// <summary>The videos of a channel, a playlist or a page of any site that yt-dlp knows, without looking into each of them.</summary>
public sealed class YtDlpSource(YtDlpProgram program, PipelineFolders folders, IOptions<YtDlpOptions> options, TimeProvider time) : IVideoSource
{
    public SourceKind Kind => SourceKind.Ytdlp;

    public async Task<SourceListing> ListAsync(Channel channel, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.ListTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var folder = Path.Combine(folders.Work, $"list-{Guid.NewGuid():N}{YtDlpDownload.FolderSuffix}");
        Directory.CreateDirectory(folder);
        try
        {
            var json = new StringBuilder();
            var result = await program.RunAsync(
                channel.SourceUrl,
                channel.AllowPrivateNetworks,
                folder,
                ["--dump-single-json", "--flat-playlist", "--playlist-end", options.Value.MaxEntries.ToString(CultureInfo.InvariantCulture)],
                line => json.AppendLine(line),
                either.Token);
            return result.ExitCode == 0
                ? new(FlatPlaylist.Parse(json.ToString()))
                : throw YtDlpFailure.Explain(result.ExitCode, result.Errors, listing: true, time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientFailureException($"Listing the source took longer than {options.Value.ListTimeout}.");
        }
        finally
        {
            PipelineFolders.Remove(folder);
        }
    }
}
