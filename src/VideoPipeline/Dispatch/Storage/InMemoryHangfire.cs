using Hangfire;
using Hangfire.InMemory;

namespace VideoPipeline.Dispatch.Storage;

/// <summary>Background jobs in this process's memory, made anew from the rows at its start.</summary>
internal sealed class InMemoryHangfire : HangfireStorage
{
    // What finished is bounded by ExpirationFilter; this is the limit of all else: a few counters, for a chart of 24 hours.
    public override JobStorage Jobs { get; } = new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromHours(25) });
}
