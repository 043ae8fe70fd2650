using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using VideoPipeline.Access;
using VideoPipeline.Server.Dashboard;

namespace VideoPipeline.Server.Access;

/// <summary>
/// What a request needs. An endpoint that names none of these gets <see cref="ByMethod"/>, so that one that was forgotten is
/// protected like all others.
/// </summary>
internal static class AccessPolicies
{
    /// <summary>A key of either role. For what changes nothing although it isn't a GET.</summary>
    public const string Read = "read";

    /// <summary>A key with the role operate.</summary>
    public const string Operate = "operate";

    public static void Configure(AuthorizationOptions options)
    {
        options.AddPolicy(Read, policy => policy.RequireRole(Read));
        options.AddPolicy(Operate, policy => policy.RequireRole(Operate));
        var byMethod = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(ByMethod).Build();
        options.DefaultPolicy = byMethod;
        options.FallbackPolicy = byMethod;
    }

    /// <summary>Whoever operates may also read.</summary>
    public static IEnumerable<Claim> Claims(KeyRole role) =>
        from name in role == KeyRole.Operate ? (string[])[Read, Operate] : [Read] select new Claim(ClaimTypes.Role, name);

    public static bool MayOperate(this ClaimsPrincipal user) => user.IsInRole(Operate);

    /// <summary>GET and its like need the role read, everything else operate.</summary>
    private static bool ByMethod(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext http && context.User.IsInRole(Reads(http.Request) ? Read : Operate);

    private static bool Reads(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || HangfireDashboard.Reads(request);
}
