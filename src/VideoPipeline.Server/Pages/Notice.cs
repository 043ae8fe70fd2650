using System.Buffers.Text;
using System.Text;

namespace VideoPipeline.Server.Pages;

/// <summary>What an action has to say on the page that it leads back to. It travels in a cookie and is shown once.</summary>
internal sealed record Notice(string Text, bool IsError = false)
{
    private const string Cookie = "videopipeline-notice";
    private const int MaxLength = 1_000;

    /// <summary>The header of a page's own requests for its newer version. What an action has to say isn't meant for them.</summary>
    private const string Live = "X-Live";

    public void Send(HttpContext context) => context.Response.Cookies.Append(
        Cookie,
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes((IsError ? "!" : " ") + (Text.Length > MaxLength ? string.Concat(Text.AsSpan(0, MaxLength), "…") : Text))),
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, IsEssential = true });

    /// <summary>Null when there is none, or what came isn't one.</summary>
    public static Notice? Take(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { } value || context.Response.HasStarted || context.Request.Headers.ContainsKey(Live))
        {
            return null;
        }

        context.Response.Cookies.Delete(Cookie);
        if (!Base64Url.IsValid(value) || Encoding.UTF8.GetString(Base64Url.DecodeFromChars(value)) is not { Length: > 1 } text)
        {
            return null;
        }

        return new(text[1..], text[0] == '!');
    }
}
