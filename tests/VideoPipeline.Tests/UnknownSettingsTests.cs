using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace VideoPipeline.Tests;

public sealed class UnknownSettingsTests
{
    [TestCase("DataDirectory", null)]
    [TestCase("workers:DOWNLOAD", null)]
    [TestCase("GitHub:Dispatch:transform:Repository", null)]
    [TestCase("GitHub:PreviousWebhookSecrets:0", null)]
    [TestCase("Notifications:Webhooks:0:Events:1", null)]
    [TestCase("Artifacts:S3:Bucket", null)]
    [TestCase("Profiles:mine:Widht", null, Description = "refused by who reads it")]
    [TestCase("Workers:Downlod", "Workers:Downlod: it is ignored. Did you mean VideoPipeline:Workers:Download?")]
    [TestCase("Ffmpg:Path", "Ffmpg: it is ignored. Did you mean VideoPipeline:Ffmpeg?")]
    [TestCase("Ffmpeg:Path", "Ffmpeg:Path: it is ignored. Known there: BinaryFolder, ")]
    [TestCase("Storage:Mode:Sqlite", "Storage:Mode:Sqlite: it is ignored.")]
    [TestCase("Artifacts:S3:Bukcet", "Artifacts:S3:Bukcet: it is ignored. Did you mean VideoPipeline:Artifacts:S3:Bucket?")]
    [TestCase("GitHub:Dispatch:transform:Repo", "GitHub:Dispatch:transform:Repo: it is ignored. Did you mean VideoPipeline:GitHub:Dispatch:transform:Ref?")]
    [TestCase("Notifications:Webhooks:0:Event", "Notifications:Webhooks:0:Event: it is ignored. Did you mean VideoPipeline:Notifications:Webhooks:0:Events?")]
    public void A_name_that_nobody_reads_is_told_with_what_may_be_meant(string name, string? told)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create($"VideoPipeline:{name}", (string?)"1"), KeyValuePair.Create("Logging:Console:X", (string?)"1")]).Build();
        using var services = new ServiceCollection().AddLogging().AddVideoPipeline(configuration).BuildServiceProvider();

        Assert.That(
            services.GetRequiredService<UnknownSettings>().Find(),
            told is null ? Is.Empty : Has.Exactly(1).Items.And.Exactly(1).StartsWith($"There is no setting VideoPipeline:{told}"));
    }
}
