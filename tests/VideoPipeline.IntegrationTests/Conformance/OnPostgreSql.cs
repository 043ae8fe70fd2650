using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests.Conformance;

// The conformance suites on PostgreSQL, rows and dispatcher.
[TestFixture]
internal sealed class OrderOnPostgreSql() : OrderConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class RetryOnPostgreSql() : RetryConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class PauseOnPostgreSql() : PauseConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class LifecycleOnPostgreSql() : LifecycleConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class OperationsOnPostgreSql() : OperationsConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class PublishOnPostgreSql() : PublishConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class MaintenanceOnPostgreSql() : MaintenanceConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class NodesOnPostgreSql() : NodesConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class StatisticsOnPostgreSql() : StatisticsConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class NotificationsOnPostgreSql() : NotificationConformance(TestStorage.PostgreSql);
