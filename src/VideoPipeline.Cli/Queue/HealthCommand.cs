using System.ComponentModel;
using System.Net;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Queue;

internal sealed class HealthCommand(Terminal terminal) : RemoteCommand<HealthCommand.Settings>(terminal)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    internal sealed class Settings : RemoteSettings
    {
        [CommandOption("-w|--wait <DURATION>")]
        [Description("Wait so long for the service to be ready, such as 60s or 5m")]
        public string? Wait { get; init; }

        public override Spectre.Console.ValidationResult Validate() => Wait is not null && PauseEnd.OfDuration(Wait) is null
            ? Spectre.Console.ValidationResult.Error($"--wait: '{Wait}' is no duration such as 60s or 5m.")
            : base.Validate();
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        var began = Terminal.Time.GetTimestamp();
        var patience = settings.Wait is null ? TimeSpan.Zero : PauseEnd.OfDuration(settings.Wait)!.Value;
        var (status, text) = await Terminal.WaitAsync(UntilReadyAsync, $"Waiting for {service.Url} to be ready ...");
        if (Refusal.IsOne(status) && status != HttpStatusCode.ServiceUnavailable)
        {
            throw Refusal.Of(status, text, what: null, service.Url);
        }

        Show(service, settings, text, ServiceJson.Default.HealthAnswer, Draw);
        return status == HttpStatusCode.OK ? ExitCode.Ok : ExitCode.Failed;

        async Task<(HttpStatusCode Status, string Text)> UntilReadyAsync()
        {
            while (true)
            {
                try
                {
                    var answer = await service.TryGetAsync("health/ready", cancellationToken);
                    if (answer.Status != HttpStatusCode.ServiceUnavailable || IsOver())
                    {
                        return answer;
                    }
                }
                catch (CommandFailure failure) when (failure.ExitCode == ExitCode.NotReachable && !IsOver())
                {
                    // Perhaps it is still starting.
                }

                await Task.Delay(Interval, Terminal.Time, cancellationToken);
            }
        }

        bool IsOver() => Terminal.Time.GetElapsedTime(began) >= patience;
    }

    private void Draw(HealthAnswer health)
    {
        var table = Tables.New("CHECK", "STATE", "SAYS");
        foreach (var (name, check) in health.Checks ?? new Dictionary<string, HealthCheckAnswer>(StringComparer.Ordinal))
        {
            table.Row(name, check.Ok ? check.Warning is null ? "ok" : "warning" : "FAILS", check.Warning is null ? check.Detail : $"{check.Detail.TrimEnd('.')}. {check.Warning}");
        }

        Terminal.Write(table);
    }
}
