using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests.Conformance;

// The conformance suites on SQL Server, where there is one.
[TestFixture]
internal sealed class OrderOnSqlServer() : OrderConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class RetryOnSqlServer() : RetryConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class PauseOnSqlServer() : PauseConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class LifecycleOnSqlServer() : LifecycleConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class OperationsOnSqlServer() : OperationsConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class PublishOnSqlServer() : PublishConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class MaintenanceOnSqlServer() : MaintenanceConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class NodesOnSqlServer() : NodesConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class EventsOnSqlServer() : EventsConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class StatisticsOnSqlServer() : StatisticsConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class NotificationsOnSqlServer() : NotificationConformance(TestStorage.SqlServer);
