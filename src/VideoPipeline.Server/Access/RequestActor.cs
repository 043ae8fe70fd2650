using VideoPipeline.Access;

namespace VideoPipeline.Server.Access;

/// <summary>Whoever sent the request acts in everything that it leads to.</summary>
internal static class RequestActor
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.Identity is { IsAuthenticated: true, Name: { } name })
        {
            Actor.Become(Of(context, name));
        }

        return next(context);
    }

    public static Actor Of(HttpContext context, string name)
    {
        var address = context.Connection.RemoteIpAddress;
        return new Actor(name, (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString());
    }
}
