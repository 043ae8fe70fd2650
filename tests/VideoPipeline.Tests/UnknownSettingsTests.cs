using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace VideoPipeline.Tests;

public sealed partial class UnknownSettingsTests
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
        Assert.That(
            Find([$"VideoPipeline:{name}", "Logging:Console:Nothing"]),
            told is null ? Is.Empty : Has.Exactly(1).Items.And.Exactly(1).StartsWith($"There is no setting VideoPipeline:{told}"));
    }

    [Test]
    public void Every_variable_that_documentation_files_to_deploy_and_messages_name_is_known()
    {
        var folders = new[] { "docs", "deploy", "src" }.Select(folder => Path.Combine(RepositoryFolder.Path, folder));
        var names = folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(RepositoryFolder.Path)).Where(file => Path.GetExtension(file) is ".md" or ".cs" or ".yml" or ".sh" or ".service" or ".example" or ".env")
            .SelectMany(file => Variable().Matches(File.ReadAllText(file))).Select(match => match.Value.TrimEnd('_').Replace("__", ":", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal).ToList();

        Assert.That(names, Has.Count.GreaterThan(50));
        Assert.That(Find(names), Is.Empty);
    }

    private static IReadOnlyList<string> Find(IEnumerable<string> names)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(names.Select(name => KeyValuePair.Create(name, (string?)"1"))).Build();
        using var services = new ServiceCollection().AddLogging().AddVideoPipeline(configuration).BuildServiceProvider();
        return services.GetRequiredService<UnknownSettings>().Find();
    }

    [GeneratedRegex("VideoPipeline__[A-Za-z0-9_]+", RegexOptions.None, 1000)]
    private static partial Regex Variable();
}
