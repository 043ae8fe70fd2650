using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests.Conformance;

// The conformance suites on PostgreSQL rows with the in-memory dispatcher: one node, no Hangfire tables. Those that ask the
// rows and our own timers alone are run on PostgreSQL already, and change nothing here.
[TestFixture]
internal sealed class OrderOnPostgreSqlWithLocalDispatcher() : OrderConformance(TestStorage.PostgreSqlWithLocalDispatcher, many: 500);

[TestFixture]
internal sealed class PauseOnPostgreSqlWithLocalDispatcher() : PauseConformance(TestStorage.PostgreSqlWithLocalDispatcher);

[TestFixture]
internal sealed class LifecycleOnPostgreSqlWithLocalDispatcher() : LifecycleConformance(TestStorage.PostgreSqlWithLocalDispatcher);

[TestFixture]
internal sealed class OperationsOnPostgreSqlWithLocalDispatcher() : OperationsConformance(TestStorage.PostgreSqlWithLocalDispatcher);
