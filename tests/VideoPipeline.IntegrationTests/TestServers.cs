using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests;

/// <summary>The servers that tests share: started when the first test needs one, stopped after the last.</summary>
[SetUpFixture]
internal sealed class TestServers
{
    private static readonly Lazy<Task<PostgreSqlServer>> SharedPostgreSql = new(PostgreSqlServer.StartAsync);

    public static Task<PostgreSqlServer> PostgreSqlAsync() => SharedPostgreSql.Value;

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        if (SharedPostgreSql.IsValueCreated)
        {
            await (await SharedPostgreSql.Value).DisposeAsync();
        }
    }
}
