using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Channels;

/// <summary>What a channel can be told by options. The service checks the values; here they only get their places.</summary>
internal class ChannelFields : RemoteSettings
{
    [CommandOption("--kind <KIND>")]
    [Description("folder, feed, ytdlp or youtube. Guessed from the source if not given")]
    public string? Kind { get; init; }

    [CommandOption("--rights <RIGHTS>")]
    [Description("By which right it publishes: own, licensed, publicDomain. Public targets want one")]
    public string? Rights { get; init; }

    [CommandOption("--attribution <TEXT>")]
    [Description("Whom the published videos name as their creator")]
    public string? Attribution { get; init; }

    [CommandOption("--profile <PROFILE>")]
    [Description("How videos are transformed. Default youtube-1080p")]
    public string? Profile { get; init; }

    [CommandOption("--target <TARGET>")]
    [Description("Where the results go: a folder, or youtube. Default a folder of the channel's name in the service's published folder")]
    public string? Target { get; init; }

    [CommandOption("--cron <SCHEDULE>")]
    [Description("When to look for new videos, five fields in UTC, such as '*/15 * * * *'. Never by itself if not given")]
    public string? Cron { get; init; }

    [CommandOption("--priority <0-10>")]
    [Description("Of its jobs, higher first. Default 5")]
    public int? Priority { get; init; }

    [CommandOption("--title-include <REGEX>")]
    [Description("Only videos with such a title")]
    public string? TitleInclude { get; init; }

    [CommandOption("--title-exclude <REGEX>")]
    [Description("No videos with such a title")]
    public string? TitleExclude { get; init; }

    [CommandOption("--published-after <TIME>")]
    [Description("Only videos published since, such as 2026-01-31 or 2026-01-31T12:00:00Z")]
    public string? PublishedAfter { get; init; }

    [CommandOption("--min-duration <SECONDS>")]
    [Description("Only videos that are at least so long")]
    public double? MinDuration { get; init; }

    [CommandOption("--max-duration <SECONDS>")]
    [Description("Only videos that are at most so long")]
    public double? MaxDuration { get; init; }

    [CommandOption("--max-per-run <COUNT>")]
    [Description("How many new videos one scrape takes")]
    public int? MaxPerRun { get; init; }

    [CommandOption("--allow-private-networks")]
    [Description("Its URLs may lead into private networks, or to the service's machine")]
    public bool AllowPrivateNetworks { get; init; }

    [CommandOption("--from <FILE>")]
    [Description("A file with the channel as the API takes it (JSON), which the other options change; - for standard input")]
    public string? From { get; init; }

    /// <summary>The request's body.</summary>
    /// <exception cref="CommandFailure">The file can't be read, or has no JSON object.</exception>
    public JsonObject ToBody(string? name, string? source)
    {
        var body = From is null ? [] : ReadFrom(From);
        Set(body, "name", name);
        if (source is not null)
        {
            // A source that is given replaces the file's as a whole: its kind belongs to its url.
            var kind = Kind ?? SourceGuess.KindOf(source);
            body["source"] = new JsonObject { ["kind"] = kind, ["url"] = kind == "folder" ? SourceGuess.FolderPath(source) : source };
        }
        else if (Kind is not null)
        {
            Set(Part(body, "source"), "kind", Kind);
        }

        Set(body, "rights", Rights);
        Set(body, "attribution", Attribution);
        Set(body, "profile", Profile);
        Set(body, "cron", Cron);
        Set(body, "priority", Priority);
        Set(body, "allowPrivateNetworks", AllowPrivateNetworks ? true : null);
        if (Target is "youtube")
        {
            Set(Part(body, "target"), "kind", "youtube");
        }
        else if (Target is not null)
        {
            body["target"] = new JsonObject { ["kind"] = "folder", ["path"] = SourceGuess.FolderPath(Target) };
        }

        foreach (var (field, value) in Filters())
        {
            Part(body, "filters")[field] = value;
        }

        return body;
    }

    private IEnumerable<(string Field, JsonNode Value)> Filters()
    {
        (string, JsonNode?)[] given =
        [
            ("titleInclude", TitleInclude), ("titleExclude", TitleExclude), ("publishedAfter", PublishedAfter is null ? null : TimeOf(PublishedAfter)),
            ("minDuration", MinDuration), ("maxDuration", MaxDuration), ("maxPerRun", MaxPerRun),
        ];
        return given.Where(filter => filter.Item2 is not null).Select(filter => (filter.Item1, filter.Item2!));
    }

    // A day alone is its first moment, in UTC; what is no time is refused by the service, which says what is.
    private static string TimeOf(string given) =>
        DateOnly.TryParseExact(given, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? $"{given}T00:00:00Z" : given;

    private static void Set(JsonObject body, string field, JsonNode? value)
    {
        if (value is not null)
        {
            body[field] = value;
        }
    }

    private static JsonObject Part(JsonObject body, string field)
    {
        if (body[field] is not JsonObject part)
        {
            body[field] = part = [];
        }

        return part;
    }

    private static JsonObject ReadFrom(string file)
    {
        try
        {
            var text = file == "-" ? Console.In.ReadToEnd() : File.ReadAllText(file);
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new CommandFailure(ExitCode.WrongUsage, $"--from {file}: a JSON object is expected.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandFailure(ExitCode.WrongUsage, $"--from {file}: {exception.Message}", inner: exception);
        }
    }
}
