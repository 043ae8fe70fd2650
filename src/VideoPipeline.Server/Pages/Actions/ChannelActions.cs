using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Catalog;
using VideoPipeline.Server.Pages.Channels;
using VideoPipeline.Server.Pages.Layout;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary>The forms of the channels' pages.</summary>
internal static class ChannelActions
{
    /// <summary>Apart from the page with the form, which Razor maps for POST, too.</summary>
    public const string AddPath = "/channels/add";

    public static string ChangePath(long id) => $"/channels/{id}/change";

    /// <summary>Tells whether a channel has changed since a form was filled with it.</summary>
    public static string VersionOf(Channel channel) => $"{channel.UpdatedAt.UtcTicks}";

    public static void MapChannelActions(this IEndpointRouteBuilder pages)
    {
        pages.MapPost(AddPath, AddAsync);
        var channel = pages.MapGroup("/channels/{id:long}");
        channel.MapPost("/change", ChangeAsync);
        channel.MapPost("/scrape", ScrapeAsync);
        channel.MapPost("/resume", ResumeAsync);
        channel.MapPost("/delete", DeleteAsync);
    }

    private static Task<IResult> AddAsync(HttpContext context, IFormCollection fields, ChannelCatalog catalog, CancellationToken cancellationToken) =>
        SaveAsync(context, fields, "New channel", "/channels/new", AddPath, () => catalog.AddAsync(ChannelForm.Of(fields).ToRequest(), cancellationToken));

    private static async Task<IResult> ChangeAsync(
        long id, HttpContext context, IFormCollection fields, ChannelCatalog catalog, CancellationToken cancellationToken)
    {
        var present = await catalog.GetAsync(id, cancellationToken);
        return await SaveAsync(context, fields, present.Name, $"/channels/{id}/edit", ChangePath(id), () =>
            // Whoever changes it between this look and the write is overwritten, as through the API.
            VersionOf(present) == fields["version"].ToString()
                ? catalog.ChangeAsync(id, ChannelForm.Of(fields).ToRequest, cancellationToken)
                : throw new ConflictException("Somebody has changed the channel since this form was opened. Nothing was saved; open it again to see what is there now."));
    }

    private static Task<IResult> ScrapeAsync(
        long id, HttpContext context, [FromForm] string? returnTo, ChannelCatalog catalog, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var job = await catalog.ScrapeAsync(id, cancellationToken);
            return $"The scrape waits as job {job.Id}.";
        });

    private static Task<IResult> ResumeAsync(
        long id, HttpContext context, [FromForm] string? returnTo, ChannelCatalog catalog, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var channel = await catalog.ResumeAsync(id, cancellationToken);
            return $"The source of {channel.Name} is asked again.";
        });

    private static Task<IResult> DeleteAsync(long id, HttpContext context, ChannelCatalog catalog, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, "/channels", async () =>
        {
            var channel = await catalog.GetAsync(id, cancellationToken);
            await catalog.DeleteAsync(id, cancellationToken);
            return $"{channel.Name} is deleted.";
        });

    /// <summary>To the channel's page, or to the form again with what is wrong and all that was typed.</summary>
    /// <param name="page">The page with the form.</param>
    /// <param name="action">Where the form goes.</param>
    private static async Task<IResult> SaveAsync(
        HttpContext context, IFormCollection fields, string title, string page, string action, Func<Task<Channel>> save)
    {
        try
        {
            var channel = await save();
            new Notice($"{channel.Name} is saved.").Send(context);
            return ActionResults.Back($"/channels/{channel.Id}");
        }
        catch (InvalidRequestException exception)
        {
            return Again(StatusCodes.Status400BadRequest, ChannelForm.Of(fields).With(exception.Errors));
        }
        catch (ConflictException exception)
        {
            return Again(StatusCodes.Status409Conflict, ChannelForm.Of(fields).With(exception.Message));
        }

        RazorComponentResult<ChannelEditor> Again(int status, ChannelForm form)
        {
            context.RequestServices.GetRequiredService<LayoutState>().FormPage = page;
            return new(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                [nameof(ChannelEditor.Form)] = form,
                [nameof(ChannelEditor.Title)] = title,
                [nameof(ChannelEditor.Action)] = action,
                [nameof(ChannelEditor.Version)] = fields["version"] is [{ Length: > 0 } version] ? version : null,
            })
            {
                StatusCode = status,
            };
        }
    }
}
