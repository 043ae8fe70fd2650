using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests.Conformance;

// The conformance suites on PostgreSQL rows with the in-memory dispatcher: one node, no Hangfire tables.
[TestFixture]
internal sealed class OrderOnPostgreSqlWithLocalDispatcher() : OrderConformance(TestStorage.PostgreSqlWithLocalDispatcher);

[TestFixture]
internal sealed class RetryOnPostgreSqlWithLocalDispatcher() : RetryConformance(TestStorage.PostgreSqlWithLocalDispatcher);

[TestFixture]
internal sealed class PauseOnPostgreSqlWithLocalDispatcher() : PauseConformance(TestStorage.PostgreSqlWithLocalDispatcher);

[TestFixture]
internal sealed class LifecycleOnPostgreSqlWithLocalDispatcher() : LifecycleConformance(TestStorage.PostgreSqlWithLocalDispatcher);

[TestFixture]
internal sealed class OperationsOnPostgreSqlWithLocalDispatcher() : OperationsConformance(TestStorage.PostgreSqlWithLocalDispatcher);

[TestFixture]
internal sealed class MaintenanceOnPostgreSqlWithLocalDispatcher() : MaintenanceConformance(TestStorage.PostgreSqlWithLocalDispatcher);

[TestFixture]
internal sealed class NodesOnPostgreSqlWithLocalDispatcher() : NodesConformance(TestStorage.PostgreSqlWithLocalDispatcher);
