using Hangfire.Dashboard;
using Microsoft.AspNetCore.Antiforgery;
using VideoPipeline.Access;
using VideoPipeline.Jobs;
using VideoPipeline.Server.Api;

namespace VideoPipeline.Server.Dashboard;

/// <summary><c>/hangfire/queue</c>: what waits and runs, what is paused, and the buttons to pause and resume.</summary>
internal sealed class QueuePage : IDashboardDispatcher
{
    private const string Route = "/queue";

    public const string Address = HangfireDashboard.Path + Route;

    /// <summary>A pause without an end is easily forgotten; by the minutes that the form offers.</summary>
    public static IReadOnlyDictionary<int, string> Lengths { get; } = new Dictionary<int, string>
    {
        [15] = "15 minutes",
        [60] = "1 hour",
        [8 * 60] = "8 hours",
        [24 * 60] = "1 day",
        [7 * 24 * 60] = "1 week",
    };

    public static void Register()
    {
        DashboardRoutes.Routes.Add(Route, new QueuePage());
        NavigationMenu.Items.Add(page => new MenuItem("Queue", page.Url.To(Route))
        {
            Active = page.RequestPath.StartsWith(Route, StringComparison.OrdinalIgnoreCase),
            Metric = DashboardMetrics.Waiting,
        });
    }

    public async Task Dispatch(DashboardContext context)
    {
        var http = context.GetHttpContext();
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        {
            await ShowAsync(context, error: null);
        }
        else if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "GET, HEAD, POST";
        }
        else if (context.IsReadOnly)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else
        {
            await ActAsync(context);
        }
    }

    /// <summary>Origin and token against forgery were checked on the way here.</summary>
    private static async Task ActAsync(DashboardContext context)
    {
        var http = context.GetHttpContext();
        try
        {
            await ActAsync(http, await http.Request.ReadFormAsync(http.RequestAborted));
        }
        catch (InvalidRequestException exception)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await ShowAsync(context, exception.Message);
            return;
        }

        // So that a reload of the page doesn't do it again.
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = Address;
    }

    private static Task ActAsync(HttpContext http, IFormCollection form)
    {
        var queue = http.RequestServices.GetRequiredService<QueueService>();
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var jobType = ScopeOf(form["scope"].ToString());
        switch (form["action"].ToString())
        {
            case "pause":
                var reason = form["reason"].ToString().Trim();
                return queue.PauseAsync(jobType, reason.Length == 0 ? null : reason, Actor.Current?.Name, EndOf(form["minutes"].ToString(), now), http.RequestAborted);
            case "resume":
                return queue.ResumeAsync(jobType, http.RequestAborted);
            default:
                throw new InvalidRequestException("action", "must be pause or resume");
        }
    }

    private static JobType? ScopeOf(string scope) =>
        scope == QueuePause.All ? null
        : JobTypes.All.Where(type => type.Name() == scope).Select(type => (JobType?)type).FirstOrDefault()
            ?? throw new InvalidRequestException("scope", $"must be {QueuePause.All} or one of {string.Join(", ", JobTypes.All.Select(type => type.Name()))}");

    private static DateTimeOffset? EndOf(string minutes, DateTimeOffset now) =>
        minutes.Length == 0 ? null
        : int.TryParse(minutes, out var length) && Lengths.ContainsKey(length) ? now.AddMinutes(length)
        : throw new InvalidRequestException("minutes", $"must be empty or one of {string.Join(", ", Lengths.Keys)}");

    private static async Task ShowAsync(DashboardContext context, string? error)
    {
        var http = context.GetHttpContext();
        var services = http.RequestServices;
        var queue = services.GetRequiredService<QueueService>();
        var tokens = services.GetService<IAntiforgery>()?.GetAndStoreTokens(http);
        await DashboardPage.ShowAsync<QueueContent>(context, "Queue", new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(QueueContent.Queue)] = await QueueApi.ReadAsync(queue, services.GetRequiredService<QueueOverview>(), http.RequestAborted),
            [nameof(QueueContent.Pauses)] = await queue.GetPausesAsync(http.RequestAborted),
            [nameof(QueueContent.IsReadOnly)] = context.IsReadOnly,
            [nameof(QueueContent.Error)] = error,
            [nameof(QueueContent.TokenField)] = tokens?.FormFieldName,
            [nameof(QueueContent.Token)] = tokens?.RequestToken,
        });
    }
}
