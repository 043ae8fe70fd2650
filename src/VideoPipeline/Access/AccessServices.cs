using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace VideoPipeline.Access;

/// <summary>Keys and the audit log. How requests show a key is the server's business.</summary>
internal static class AccessServices
{
    public static void AddAccess(this IServiceCollection services, IConfiguration section)
    {
        services.AddValidated<AccessOptions>(section.GetSection("Access"));
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<KeyRequirement>();
        services.AddSingleton<ProtectionKeyRepository>();
        services.AddHosted<KeyUses>();
    }
}
