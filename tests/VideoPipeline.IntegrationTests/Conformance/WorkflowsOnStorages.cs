using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests.Conformance;

// The suites of GitHub workflows on each storage.
[TestFixture]
internal sealed class WorkflowOnSqlite() : WorkflowConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class DispatchOnSqlite() : DispatchConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class WorkflowOnPostgreSql() : WorkflowConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class DispatchOnPostgreSql() : DispatchConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class WorkflowOnSqlServer() : WorkflowConformance(TestStorage.SqlServer);

[TestFixture]
internal sealed class DispatchOnSqlServer() : DispatchConformance(TestStorage.SqlServer);
