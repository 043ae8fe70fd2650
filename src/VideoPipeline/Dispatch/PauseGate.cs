using Hangfire;
using Hangfire.Common;
using Hangfire.Logging;
using Hangfire.Server;
using Hangfire.States;
using Hangfire.Storage;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// A job storage whose workers don't fetch from paused queues. What waits keeps its place and costs nothing: no fetch, no
/// state change, no write. Everything else goes to the storage behind it.
/// </summary>
internal sealed class PauseGate(JobStorage inner, PauseState pauses) : JobStorage
{
    public override bool LinearizableReads => inner.LinearizableReads;

    public override IMonitoringApi GetMonitoringApi() => inner.GetMonitoringApi();

    public override IStorageConnection GetConnection() => new Connection((JobStorageConnection)inner.GetConnection(), pauses);

    public override IStorageConnection GetReadOnlyConnection() => inner.GetReadOnlyConnection();

    public override IEnumerable<IBackgroundProcess> GetServerRequiredProcesses() => inner.GetServerRequiredProcesses();

    public override IEnumerable<IBackgroundProcess> GetStorageWideProcesses() => inner.GetStorageWideProcesses();

    [Obsolete("As in Hangfire, but what its PostgreSQL storage offers.")]
    public override IEnumerable<IServerComponent> GetComponents() => inner.GetComponents();

    public override IEnumerable<IStateHandler> GetStateHandlers() => inner.GetStateHandlers();

    public override void WriteOptionsToLog(ILog logger) => inner.WriteOptionsToLog(logger);

    public override bool HasFeature(string featureId) => inner.HasFeature(featureId);

    public override string ToString() => inner.ToString() ?? nameof(PauseGate);

    private sealed class Connection(JobStorageConnection inner, PauseState pauses) : JobStorageConnection
    {
        /// <summary>How late the end of a pause that ends by itself may be noticed: nobody announces it.</summary>
        private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

        public override IFetchedJob FetchNextJob(string[] queues, CancellationToken cancellationToken)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // Taken before the look at the queues, so that no change between the two is missed.
                var changed = pauses.Changed;
                var open = Array.FindAll(queues, queue => QueueName.TypeOf(queue) is not { } jobType || !pauses.IsPaused(jobType));
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, changed);
                if (open.Length == 0)
                {
                    either.Token.WaitHandle.WaitOne(LookInterval);
                    continue;
                }

                try
                {
                    return inner.FetchNextJob(open, either.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // Something was paused or resumed: look again. A fetch that is cancelled has fetched nothing.
                }
            }
        }

        public override void Dispose()
        {
            inner.Dispose();
            base.Dispose();
        }

        public override IWriteOnlyTransaction CreateWriteTransaction() => inner.CreateWriteTransaction();

        public override IDisposable AcquireDistributedLock(string resource, TimeSpan timeout) => inner.AcquireDistributedLock(resource, timeout);

        public override string CreateExpiredJob(Job job, IDictionary<string, string> parameters, DateTime createdAt, TimeSpan expireIn) =>
            inner.CreateExpiredJob(job, parameters, createdAt, expireIn);

        public override void SetJobParameter(string id, string name, string value) => inner.SetJobParameter(id, name, value);

        public override string GetJobParameter(string id, string name) => inner.GetJobParameter(id, name);

        public override JobData GetJobData(string jobId) => inner.GetJobData(jobId);

        public override StateData GetStateData(string jobId) => inner.GetStateData(jobId);

        public override void AnnounceServer(string serverId, ServerContext context) => inner.AnnounceServer(serverId, context);

        public override void RemoveServer(string serverId) => inner.RemoveServer(serverId);

        public override void Heartbeat(string serverId) => inner.Heartbeat(serverId);

        public override int RemoveTimedOutServers(TimeSpan timeOut) => inner.RemoveTimedOutServers(timeOut);

        public override HashSet<string> GetAllItemsFromSet(string key) => inner.GetAllItemsFromSet(key);

        public override string GetFirstByLowestScoreFromSet(string key, double fromScore, double toScore) =>
            inner.GetFirstByLowestScoreFromSet(key, fromScore, toScore);

        public override List<string> GetFirstByLowestScoreFromSet(string key, double fromScore, double toScore, int count) =>
            inner.GetFirstByLowestScoreFromSet(key, fromScore, toScore, count);

        public override long GetSetCount(string key) => inner.GetSetCount(key);

        public override long GetSetCount(IEnumerable<string> keys, int limit) => inner.GetSetCount(keys, limit);

        public override bool GetSetContains(string key, string value) => inner.GetSetContains(key, value);

        public override List<string> GetRangeFromSet(string key, int startingFrom, int endingAt) => inner.GetRangeFromSet(key, startingFrom, endingAt);

        public override TimeSpan GetSetTtl(string key) => inner.GetSetTtl(key);

        public override void SetRangeInHash(string key, IEnumerable<KeyValuePair<string, string>> keyValuePairs) =>
            inner.SetRangeInHash(key, keyValuePairs);

        public override Dictionary<string, string> GetAllEntriesFromHash(string key) => inner.GetAllEntriesFromHash(key);

        public override string GetValueFromHash(string key, string name) => inner.GetValueFromHash(key, name);

        public override long GetHashCount(string key) => inner.GetHashCount(key);

        public override TimeSpan GetHashTtl(string key) => inner.GetHashTtl(key);

        public override long GetListCount(string key) => inner.GetListCount(key);

        public override List<string> GetAllItemsFromList(string key) => inner.GetAllItemsFromList(key);

        public override List<string> GetRangeFromList(string key, int startingFrom, int endingAt) => inner.GetRangeFromList(key, startingFrom, endingAt);

        public override TimeSpan GetListTtl(string key) => inner.GetListTtl(key);

        public override long GetCounter(string key) => inner.GetCounter(key);

        public override DateTime GetUtcDateTime() => inner.GetUtcDateTime();
    }
}
