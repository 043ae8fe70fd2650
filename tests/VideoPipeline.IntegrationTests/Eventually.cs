using System.Diagnostics;

namespace VideoPipeline.IntegrationTests;

/// <summary>Waits for a condition, for as long as it takes but no longer than is reasonable.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null) => ValueAsync(
        async () => await condition() ? "yes" : null, what, within);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, within);

    /// <summary>Lets real time pass, where that nothing happens is what is tested.</summary>
    public static Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    /// <summary>A promise of speed: kept in the best of three rounds, since a machine that is busy with other things is late with everything.</summary>
    /// <param name="round">Returns what it took.</param>
    public static async Task PromptlyAsync(TimeSpan within, Func<Task<TimeSpan>> round)
    {
        var best = TimeSpan.MaxValue;
        for (var n = 0; n < 3 && best > within; n++)
        {
            var took = await round();
            best = took < best ? took : best;
        }

        Assert.That(best, Is.LessThanOrEqualTo(within));
    }

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
