using System.Diagnostics;

namespace VideoPipeline.IntegrationTests;

/// <summary>Waits for a condition, for as long as it takes but no longer than is reasonable.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null) => ValueAsync(
        async () => await condition() ? "yes" : null, what, within);

    /// <summary>The first value that isn't null.</summary>
    public static async Task<T> ValueAsync<T>(Func<Task<T?>> find, string what, TimeSpan? within = null)
        where T : class
    {
        var patience = within ?? Patience;
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await find() is { } found)
            {
                return found;
            }

            if (watch.Elapsed > patience)
            {
                throw new TimeoutException($"Not within {patience.TotalSeconds} s: {what}");
            }

            await Task.Delay(Interval, TimeProvider.System);
        }
    }
}
