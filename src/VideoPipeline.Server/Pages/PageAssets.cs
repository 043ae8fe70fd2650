using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.FileProviders;

namespace VideoPipeline.Server.Pages;

/// <summary>
/// The page's style, script and icon: in the program itself, so that they are there however it was started. They say
/// nothing about the data, and the sign-in needs them, so everybody may read them.
/// </summary>
internal static class PageAssets
{
    private const string Path = "/assets";

    private static readonly EmbeddedFileProvider Files = new(Assembly.GetExecutingAssembly(), $"{typeof(PageAssets).Namespace}.Assets");

    private static readonly FrozenDictionary<string, string> Urls = Files.GetDirectoryContents("").ToFrozenDictionary(
        file => file.Name,
        file =>
        {
            using var content = file.CreateReadStream();
            return $"{Path}/{file.Name}?v={Convert.ToHexStringLower(SHA256.HashData(content))[..12]}";
        },
        StringComparer.Ordinal);

    /// <summary>Changes with the content, which browsers may therefore keep.</summary>
    /// <exception cref="KeyNotFoundException">There is no such file.</exception>
    public static string Url(string name) => Urls[name];

    public static void UsePageAssets(this WebApplication app) => app.UseStaticFiles(new StaticFileOptions
    {
        FileProvider = Files,
        RequestPath = Path,
        OnPrepareResponse = asset =>
        {
            var request = asset.Context.Request;
            asset.Context.Response.Headers.CacheControl = Urls[asset.File.Name].EndsWith($"{request.QueryString}", StringComparison.Ordinal) && request.QueryString.HasValue
                ? "public, max-age=31536000, immutable"
                : "no-cache";
            asset.Context.Response.Headers.XContentTypeOptions = "nosniff";
        },
    });
}
