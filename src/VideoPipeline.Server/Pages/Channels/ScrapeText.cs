using System.Text.Json;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Server.Pages.Channels;

/// <summary>What a scrape has found, in words.</summary>
internal static class ScrapeText
{
    /// <param name="result">JSON, as in the job's row; null when it has none.</param>
    public static string Of(string? result)
    {
        if (result is null || JsonSerializer.Deserialize<ScrapeResult>(result, JsonSerializerOptions.Web) is not { } scrape)
        {
            return "";
        }

        return scrape.Unchanged
            ? "nothing has changed"
            : $"{scrape.Found} listed, {scrape.New} new" + (scrape.Skipped > 0 ? $", {scrape.Skipped} left out" : "");
    }
}
