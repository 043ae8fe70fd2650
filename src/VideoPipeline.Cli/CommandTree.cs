using Spectre.Console.Cli;
using VideoPipeline.Cli.Channels;
using VideoPipeline.Cli.Doctor;
using VideoPipeline.Cli.Jobs;
using VideoPipeline.Cli.Local;
using VideoPipeline.Cli.Queue;
using VideoPipeline.Cli.Remote;
using VideoPipeline.Cli.Videos;
using VideoPipeline.Cli.Watch;

namespace VideoPipeline.Cli;

/// <summary>Every command with its description and examples, in the order of the help.</summary>
internal static class CommandTree
{
    public static void Configure(IConfigurator config)
    {
        config.AddCommand<ServeCommand>("serve").WithDescription("Run the service here, until Ctrl-C. Settings may follow after --")
            .WithExample("serve", "--data", "/srv/videopipeline")
            .WithExample("serve", "--", "--VideoPipeline:Workers:Transform=2");
        config.AddCommand<HealthCommand>("health").WithDescription("Whether the service can do its work, and what is missing")
            .WithExample("health", "--wait", "60s");

        AddChannels(config);
        AddVideosAndJobs(config);
        AddQueue(config);
        AddLocal(config);
    }

    private static void AddChannels(IConfigurator config) => config.AddBranch<RemoteSettings>("channels", channels =>
    {
        channels.SetDescription("List channels, and add, show, change, remove, scrape or resume one");
        channels.SetDefaultCommand<ChannelsCommand>();
        channels.AddCommand<ChannelsCommand>("list").WithDescription("List channels, the newest first").WithExample("channels");
        channels.AddCommand<ChannelAddCommand>("add").WithDescription("Add a channel over a folder, a feed or a page")
            .WithExample("channels", "add", "Lectures", "/srv/recordings", "--rights", "own", "--cron", "'*/15 * * * *'")
            .WithExample("channels", "add", "Talks", "https://talks.example.org/feed.xml", "--title-exclude", "draft")
            .WithExample("channels", "add", "--from", "channel.json");
        channels.AddCommand<ChannelShowCommand>("show").WithDescription("Show a channel with all its settings").WithExample("channels", "show", "Lectures");
        channels.AddCommand<ChannelChangeCommand>("change").WithDescription("Change a channel; what isn't given stays")
            .WithExample("channels", "change", "Lectures", "--max-per-run", "20", "--clear", "cron");
        channels.AddCommand<ChannelRemoveCommand>("remove").WithDescription("Remove a channel and cancel its jobs; its videos stay")
            .WithExample("channels", "remove", "Lectures");
        channels.AddCommand<ChannelScrapeCommand>("scrape").WithDescription("Look for new videos now")
            .WithExample("channels", "scrape", "Lectures", "--follow");
        channels.AddCommand<ChannelResumeCommand>("resume").WithDescription("End the pause that a channel's source has asked for")
            .WithExample("channels", "resume", "Talks");
    });

    private static void AddVideosAndJobs(IConfigurator config)
    {
        config.AddCommand<AddCommand>("add").WithDescription("Add one video, which is taken through all stages")
            .WithExample("add", "https://media.example.org/talk.mp4", "--channel", "Lectures", "--title", "'A talk'");
        config.AddCommand<VideosCommand>("videos").WithDescription("List videos, and what became of them").WithExample("videos", "--channel", "Lectures", "--limit", "50");
        config.AddCommand<VideoCommand>("video").WithDescription("Show a video with its stages, files and publications").WithExample("video", "3");
        config.AddCommand<JobsCommand>("jobs").WithDescription("List jobs, the newest first")
            .WithExample("jobs", "--status", "failed", "--type", "download")
            .WithExample("jobs", "--all", "--json");
        config.AddCommand<JobCommand>("job").WithDescription("Show a job with its attempts, and why it doesn't run")
            .WithExample("job", "7")
            .WithExample("job", "7", "--explain");
        config.AddCommand<RetryCommand>("retry").WithDescription("Queue failed, cancelled or retrying jobs now, with a fresh budget of attempts")
            .WithExample("retry", "7", "8")
            .WithExample("retry", "--all", "--type", "download", "--channel", "Lectures");
        config.AddCommand<CancelCommand>("cancel").WithDescription("Cancel jobs; a stage that runs is stopped")
            .WithExample("cancel", "7")
            .WithExample("cancel", "--all", "--video", "3", "--dry-run");
        config.AddCommand<PriorityCommand>("priority").WithDescription("Change a job's priority").WithExample("priority", "7", "10");
    }

    private static void AddQueue(IConfigurator config)
    {
        config.AddCommand<QueueCommand>("queue").WithDescription("What waits and runs, and what is paused").WithExample("queue");
        config.AddCommand<PauseCommand>("pause").WithDescription("Let no further job start, of one type or at all; those that run go on")
            .WithExample("pause", "--reason", "maintenance", "--for", "2h")
            .WithExample("pause", "transform", "--until", "2030-01-31T18:00:00Z");
        config.AddCommand<ResumeCommand>("resume").WithDescription("End the pause of one type, or every pause").WithExample("resume").WithExample("resume", "transform");
        config.AddCommand<WatchCommand>("watch").WithDescription("Show live what runs, with its progress")
            .WithExample("watch")
            .WithExample("watch", "--channel", "Lectures", "--until-done", "--results");
        config.AddCommand<StatsCommand>("stats").WithDescription("How the jobs have done: counts, rates, times").WithExample("stats", "--type", "transform");
        config.AddCommand<NodesCommand>("nodes").WithDescription("The processes that share the work").WithExample("nodes");
    }

    private static void AddLocal(IConfigurator config)
    {
        config.AddCommand<DoctorCommand>("doctor").WithDescription("Check what the service needs on this machine, and say how to mend it. Settings may follow after --")
            .WithExample("doctor")
            .WithExample("doctor", "--data", "/srv/videopipeline", "--offline");
        config.AddBranch("keys", keys =>
        {
            keys.SetDescription("Create, list and revoke API keys, on the service's machine. Settings may follow after --");
            keys.AddCommand<KeyCreateCommand>("create").WithDescription("Create a key, and print it this once")
                .WithExample("keys", "create", "laptop", "--role", "operate");
            keys.AddCommand<KeyListCommand>("list").WithDescription("List the keys, the revoked ones included").WithExample("keys", "list");
            keys.AddCommand<KeyRevokeCommand>("revoke").WithDescription("Refuse a key from now on").WithExample("keys", "revoke", "laptop");
        });
        config.AddBranch("youtube", youtube =>
        {
            youtube.SetDescription("Sign in to YouTube, on the service's machine");
            youtube.AddCommand<YouTubeLoginCommand>("login").WithDescription("Sign in to the YouTube channel to publish on").WithExample("youtube", "login");
        });
        config.AddCommand<SchemaCommand>("schema").WithDescription("Print the SQL that creates or upgrades the tables, for a database administrator")
            .WithExample("schema", "PostgreSql");
    }
}
