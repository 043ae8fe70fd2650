using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;

namespace VideoPipeline.Tests.Nodes;

public sealed class ThisNodeTests
{
    private static readonly WorkerOptions Workers = new() { Scrape = 1, Download = 2, Transform = 3, Publish = 4 };

    [TestCase(NodeRole.All, new[] { 1, 2, 3, 4 })]
    [TestCase(NodeRole.Worker, new[] { 1, 2, 3, 4 })]
    [TestCase(NodeRole.Api, new[] { 0, 0, 0, 0 })]
    public void Its_workers_are_those_of_its_role(NodeRole role, int[] expected)
    {
        var node = New(new NodeOptions { Role = role });
        var row = node.ToRow(node.StartedAt);

        Assert.That(JobTypes.All.Select(node.WorkersOf), Is.EqualTo(expected));
        Assert.That(JobTypes.All.Select(row.WorkersOf), Is.EqualTo(expected));
        Assert.That((row.Id, row.Role, row.Name, row.SeenAt), Is.EqualTo((node.Id, role, node.Name, node.StartedAt)));
    }

    [TestCase(null)]
    [TestCase("")]
    public void It_is_called_after_its_process_unless_it_has_a_name(string? name)
    {
        Assert.That(New(new NodeOptions { Name = name }).NameOf("publish"), Is.EqualTo($"{Environment.MachineName}:{Environment.ProcessId}/publish"));
        Assert.That(New(new NodeOptions { Name = "encoder-1" }).NameOf("publish"), Is.EqualTo("encoder-1/publish"));
    }

    [Test]
    public void Its_version_is_the_services() => Assert.That(ThisNode.Version, Does.Match(@"^\d+\.\d+\.\d+[^+]*$"));

    [TestCase("a", true)]
    [TestCase("rack-1.example.org:5080_b", true)]
    [TestCase("a/b", false)]
    [TestCase("a b", false)]
    [TestCase("a\n", false)]
    [TestCase("é", false)]
    public void A_name_is_one_word(string name, bool allowed)
    {
        var options = new NodeOptions { Name = name };
        var problems = options.Validate(new ValidationContext(options)).ToList();

        Assert.That(problems, Has.Count.EqualTo(allowed ? 0 : 1));
    }

    [Test]
    public void A_name_has_at_most_100_characters()
    {
        var options = new NodeOptions { Name = new string('a', 101) };

        Assert.That(options.Validate(new ValidationContext(options)).Single().MemberNames, Is.EqualTo(new[] { "Name" }));
    }

    private static ThisNode New(NodeOptions options) => new(Options.Create(options), Options.Create(Workers), TimeProvider.System);
}
