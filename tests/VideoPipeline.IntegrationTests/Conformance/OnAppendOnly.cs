using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests.Conformance;

// The conformance suites that depend on the mirror, on a storage whose queues only grow at their end.
[TestFixture]
internal sealed class OrderOnAppendOnly() : OrderConformance(TestStorage.AppendOnly, many: 500);

[TestFixture]
internal sealed class PauseOnAppendOnly() : PauseConformance(TestStorage.AppendOnly);

[TestFixture]
internal sealed class LifecycleOnAppendOnly() : LifecycleConformance(TestStorage.AppendOnly);

[TestFixture]
internal sealed class OperationsOnAppendOnly() : OperationsConformance(TestStorage.AppendOnly);
