using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests.Conformance;

// The conformance suites on SQLite rows with the in-memory dispatcher, the default.
[TestFixture]
internal sealed class OrderOnSqlite() : OrderConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class RetryOnSqlite() : RetryConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class PauseOnSqlite() : PauseConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class LifecycleOnSqlite() : LifecycleConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class OperationsOnSqlite() : OperationsConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class PublishOnSqlite() : PublishConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class MaintenanceOnSqlite() : MaintenanceConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class NodesOnSqlite() : NodesConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class EventsOnSqlite() : EventsConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class StatisticsOnSqlite() : StatisticsConformance(TestStorage.Sqlite);
