using Microsoft.Extensions.Options;
using VideoPipeline.Stages;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Server;

/// <summary>
/// <c>youtube-login</c>: signs in to YouTube with the service's own settings, and ends. It needs neither the database nor the
/// data folder for itself, so it may run beside the service, which takes the new sign-in at its next call.
/// </summary>
internal static class YouTubeLogin
{
    public const string Verb = "youtube-login";

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            var builder = ServiceProgram.CreateBuilder(args);
            builder.Services.AddVideoPipeline(builder.Configuration);
            await using var services = builder.Services.BuildServiceProvider();
            var options = services.GetRequiredService<IOptions<YouTubeOptions>>().Value;
            await YouTubeSignIn.RunAsync(options, services.GetRequiredService<YouTubeCredentials>().TokenPath, output, stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
        catch (OptionsValidationException exception)
        {
            return await RefuseAsync(errors, string.Join(' ', exception.Failures));
        }
        catch (Exception exception) when (exception is PermanentFailureException or IOException or UnauthorizedAccessException)
        {
            return await RefuseAsync(errors, exception.Message);
        }
    }

    private static async Task<int> RefuseAsync(TextWriter errors, string reason)
    {
        await errors.WriteLineAsync($"Not signed in: {reason}");
        return 1;
    }
}
