using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary>How an action of a page ends: back where its form was, with what it has to say.</summary>
internal static class ActionResults
{
    /// <summary>Does it and says what it returned, or why it can't be done.</summary>
    /// <param name="returnTo">A path on this server; anything else leads to the board.</param>
    public static async Task<IResult> RunAsync(HttpContext context, string? returnTo, Func<Task<string>> action)
    {
        Notice notice;
        try
        {
            notice = new(await action());
        }
        catch (Exception exception) when (exception is InvalidRequestException or UnknownIdException or ConflictException)
        {
            notice = new(exception.Message, IsError: true);
        }

        notice.Send(context);
        return Back(returnTo);
    }

    public static IResult Back(string? returnTo) => new SeeOther(LocalPath.Of(returnTo));

    /// <summary>303: the browser asks for the page with GET, and a reload repeats nothing.</summary>
    private sealed class SeeOther(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}
