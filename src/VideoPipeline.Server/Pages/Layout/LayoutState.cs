using VideoPipeline.Access;
using VideoPipeline.Jobs;
using VideoPipeline.Server.Access;

namespace VideoPipeline.Server.Pages.Layout;

/// <summary>What every page shows around its content: read once per request, by two queries whatever there is.</summary>
internal sealed class LayoutState(IHttpContextAccessor request, QueueService queue, FailureCount failures)
{
    /// <summary>The navigation counts no further: more than that is many.</summary>
    public const int MaxFailures = 99;

    private Task? _loading;

    /// <summary>How many jobs have failed, at most one more than <see cref="MaxFailures"/>.</summary>
    public int Failures { get; private set; }

    public IReadOnlyList<QueuePause> Pauses { get; private set; } = [];

    /// <summary>What the last action has to say.</summary>
    public Notice? Notice { get; private set; }

    /// <summary><c>light</c> or <c>dark</c>; null for what the system prefers.</summary>
    public string? Theme => Themes.Of(HttpContext);

    /// <summary>Where an action leads back to.</summary>
    public string Here => FormPage ?? HttpContext.Request.Path + HttpContext.Request.QueryString;

    /// <summary>Where the form is that was refused and is shown again; null when this answers no form. Its own address takes forms only.</summary>
    public string? FormPage { get; set; }

    public PathString Path => HttpContext.Request.Path;

    /// <summary>Whether the page offers what changes something. Whoever may not is refused, too, if he tries.</summary>
    public bool MayOperate => HttpContext.User.MayOperate();

    /// <summary>The key's name; null as long as nobody needs a key.</summary>
    public string? User => HttpContext.User.Identity?.Name is { } name && name != Actor.LocalName ? name : null;

    public HttpContext HttpContext => request.HttpContext!;

    /// <summary>Everything below needs it first.</summary>
    public Task LoadAsync() => _loading ??= ReadAsync();

    private async Task ReadAsync()
    {
        var cancellationToken = HttpContext.RequestAborted;
        Notice = Notice.Take(HttpContext);
        Pauses = await queue.GetPausesAsync(cancellationToken);
        Failures = await failures.CountAsync(MaxFailures + 1, cancellationToken);
    }
}
