namespace VideoPipeline.IntegrationTests.Conformance;

// The conformance suites on SQLite rows with the in-memory dispatcher, the default.
[TestFixture]
internal sealed class OrderOnSqlite : OrderConformance;

[TestFixture]
internal sealed class RetryOnSqlite : RetryConformance;

[TestFixture]
internal sealed class PauseOnSqlite : PauseConformance;

[TestFixture]
internal sealed class LifecycleOnSqlite : LifecycleConformance;

[TestFixture]
internal sealed class OperationsOnSqlite : OperationsConformance;

[TestFixture]
internal sealed class MaintenanceOnSqlite : MaintenanceConformance;

[TestFixture]
internal sealed class NodesOnSqlite : NodesConformance;
