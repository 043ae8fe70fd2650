using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;
using VideoPipeline.Database;
using VideoPipeline.Server;

namespace VideoPipeline.Cli.Doctor;

/// <summary>Who gets in: a service that others can reach doesn't start without a key.</summary>
internal static class AccessCheck
{
    private const string Name = "API keys";
    private const string Create = "Make one with 'videopipeline keys create NAME --role operate'.";

    /// <param name="hasTables">Whether the database can be asked for its keys.</param>
    public static async Task<Finding> RunAsync(IServiceProvider services, IConfiguration configuration, bool hasTables, CancellationToken cancellationToken)
    {
        var opened = ListenAddresses.Of(configuration).Where(address => !ListenAddresses.IsLoopback(address.Url)).Select(address => address.Url).ToList();
        var wanted = opened.Count > 0 || services.GetRequiredService<IOptions<AccessOptions>>().Value.RequireKeys;
        if (hasTables && HasDatabase(services))
        {
            var keys = services.GetRequiredService<ApiKeys>();
            if (await keys.AnyValidAsync(cancellationToken))
            {
                return Finding.Ok(Name, "The service asks for keys, and there are valid ones.");
            }

            wanted |= (await keys.ListAsync(cancellationToken)).Count > 0;
        }

        return opened.Count > 0 ? Finding.Failed(Name, $"There is no valid key, and without one the service doesn't start on {string.Join(", ", opened)}.", Create)
            : wanted ? Finding.Warning(Name, "The service asks for keys, but there is no valid one: nobody gets in.", Create)
            : Finding.Ok(Name, "None is asked for: everybody on this machine may do everything, nobody else gets in.");
    }

    // A database that isn't there must not be made by being asked.
    private static bool HasDatabase(IServiceProvider services) =>
        services.GetRequiredService<IOptions<StorageOptions>>().Value.IsShared || File.Exists(services.GetRequiredService<PipelineFolders>().DatabaseFile);
}
