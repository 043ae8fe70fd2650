using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Access;

/// <summary>Who a request comes from, what he may do, and what browsers are told; put together.</summary>
internal static class AccessSetup
{
    private const string FormsCookie = "videopipeline-forms";

    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<KeyCheck>();
        services.AddSingleton<FailedAttempts>();
        services.AddSingleton<SecurityHeaders>();
        services.AddSingleton<OpenRequests>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenRequests>());

        services.AddAuthentication(AccessHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, AccessHandler>(AccessHandler.SchemeName, configureOptions: null)
            .AddCookie(BrowserSession.SchemeName);
        services.AddOptions<CookieAuthenticationOptions>(BrowserSession.SchemeName).Configure<IOptions<AccessOptions>>(BrowserSession.Configure);

        // It tells of every request without a key; those with wrong ones are counted instead.
        builder.Logging.AddFilter(typeof(AccessHandler).FullName, LogLevel.Warning);
        services.AddAuthorization(AccessPolicies.Configure);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = FormsCookie;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

            // Our own header says it once for all, and not of pages only.
            options.SuppressXFrameOptionsHeader = true;
        });

        // One name for all nodes, wherever the program lies. That the keys lie as they are in the database, where whoever reads
        // them could change everything anyway, is no news at every start.
        services.AddDataProtection().SetApplicationName("VideoPipeline");
        services.AddOptions<KeyManagementOptions>().Configure<ProtectionKeyRepository>((options, repository) => options.XmlRepository = repository);
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);

        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<AccessOptions>>(Believe);
    }

    /// <summary>What comes before everything else: where the request really came from.</summary>
    public static void UseProxies(this WebApplication app) => app.UseForwardedHeaders();

    public static void UseSecurityHeaders(this WebApplication app)
    {
        app.UseHsts();
        app.Use((context, next) => context.RequestServices.GetRequiredService<SecurityHeaders>().InvokeAsync(context, next));
    }

    /// <summary>After routing, since endpoints say what they need.</summary>
    public static void UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.Use(RequestActor.InvokeAsync);
        app.UseAuthorization();
        app.Use((context, next) => context.RequestServices.GetRequiredService<OpenRequests>().InvokeAsync(context, next));
    }

    /// <summary>Nobody by default: whoever is believed can name any address as his own.</summary>
    private static void Believe(ForwardedHeadersOptions forwarded, IOptions<AccessOptions> access)
    {
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in access.Value.ProxyNetworks)
        {
            forwarded.KnownIPNetworks.Add(network);
        }

        forwarded.ForwardLimit = null;
        forwarded.ForwardedHeaders = access.Value.ProxyNetworks.Count > 0 ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto : ForwardedHeaders.None;
    }
}
