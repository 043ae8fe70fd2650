using Microsoft.AspNetCore.Http.Extensions;

namespace VideoPipeline.Server.Pages;

/// <summary>Addresses of pages with what they are asked for.</summary>
internal static class PageUrl
{
    /// <summary>Leaves out what is empty.</summary>
    public static string Of(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var given = new QueryBuilder();
        foreach (var (name, value) in query)
        {
            if (!string.IsNullOrEmpty(value))
            {
                given.Add(name, value);
            }
        }

        return path + given.ToQueryString();
    }
}
