using System.ComponentModel;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Channels;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Jobs;

/// <summary>Jobs by their ids, or all that match.</summary>
internal class JobFilterSettings : RemoteSettings
{
    [CommandArgument(0, "[ID...]")]
    [Description("The jobs' ids")]
    public long[] Ids { get; init; } = [];

    [CommandOption("--all")]
    [Description("All jobs that match the options below, instead of ids")]
    public bool All { get; init; }

    [CommandOption("-t|--type <TYPE>")]
    [Description("scrape, download, transform or publish")]
    public string? JobType { get; init; }

    [CommandOption("-c|--channel <CHANNEL>")]
    [Description("The channel's name or id")]
    public string? Channel { get; init; }

    [CommandOption("--video <ID>")]
    [Description("The video's id")]
    public long? VideoId { get; init; }

    [CommandOption("--max-attempts-reached")]
    [Description("Only those whose attempts are used up")]
    public bool MaxAttemptsReached { get; init; }

    [CommandOption("-s|--status <STATUS>")]
    [Description("Only of this status. Else failed for a retry, everything that hasn't ended for a cancellation")]
    public string? Status { get; init; }

    [CommandOption("--error-contains <TEXT>")]
    [Description("Only those whose error has this text")]
    public string? ErrorContains { get; init; }

    [CommandOption("--dry-run")]
    [Description("Change nothing, and say how many jobs would be changed")]
    public bool DryRun { get; init; }

    private bool HasFilter =>
        JobType is not null || Channel is not null || VideoId is not null || MaxAttemptsReached || Status is not null || ErrorContains is not null;

    public async Task<JsonObject> ToFilterAsync(ServiceClient service, CancellationToken cancellationToken)
    {
        var filter = new JsonObject();
        foreach (var (field, value) in (ReadOnlySpan<(string, string?)>)[("jobType", JobType), ("status", Status), ("errorContains", ErrorContains)])
        {
            if (value is not null)
            {
                filter[field] = value;
            }
        }

        if (Channel is not null)
        {
            filter["channelId"] = await ChannelLookup.IdAsync(service, Channel, cancellationToken);
        }

        if (VideoId is { } video)
        {
            filter["videoId"] = video;
        }

        if (MaxAttemptsReached)
        {
            filter["maxAttemptsReached"] = true;
        }

        return filter;
    }

    public override ValidationResult Validate() => this switch
    {
        { Ids.Length: 0, All: false } => ValidationResult.Error("Give the jobs' ids, or --all."),
        { Ids.Length: > 0, All: true } => ValidationResult.Error("Give either ids or --all."),
        { All: false, HasFilter: true } => ValidationResult.Error("Options that choose jobs belong to --all."),
        _ => base.Validate(),
    };
}
