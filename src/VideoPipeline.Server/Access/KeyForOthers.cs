using Microsoft.Extensions.Options;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Access;

/// <summary>
/// Before the service listens and runs anything: where others reach it, it asks for keys, so there must be one. Else anybody would get in, or
/// nobody. Also reads whether keys are asked for, so that the first request knows.
/// </summary>
internal sealed class KeyForOthers(IConfiguration configuration, ApiKeys keys, KeyRequirement requirement, ILogger<KeyForOthers> logger) : IHostedService
{
    private const string HowTo = "VideoPipeline.Server keys create NAME --role operate";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await requirement.LookAsync(cancellationToken);
        var anyValid = await keys.AnyValidAsync(cancellationToken);
        string[] open = [.. ListenAddresses.Of(configuration).Where(address => !ListenAddresses.IsLoopback(address.Url)).Select(address =>
            $"{address.Setting} has '{address.Url}', which others can reach, but there is no valid API key. Create one ({HowTo}), "
            + "or listen on this machine only: http://127.0.0.1:PORT, http://[::1]:PORT, http://localhost:PORT.")];
        if (open.Length > 0 && !anyValid)
        {
            throw new OptionsValidationException(nameof(ListenAddresses), typeof(string), open);
        }

        if (!anyValid && await requirement.IsInForceAsync(cancellationToken))
        {
            logger.LogWarning("A key is asked for, but none is valid: nobody gets in until one is created ({HowTo})", HowTo);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
