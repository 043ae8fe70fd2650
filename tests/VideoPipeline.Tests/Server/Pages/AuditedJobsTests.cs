using VideoPipeline.Access;
using VideoPipeline.Server.Pages.Operation;

namespace VideoPipeline.Tests.Server.Pages;

public sealed class AuditedJobsTests
{
    [Test]
    public void Jobs_are_named_up_to_a_limit()
    {
        Assert.That(AuditedJobs.Of(Entry(0, null)), Is.Empty);
        Assert.That(AuditedJobs.Of(Entry(1, "[7]")), Is.EqualTo("7"));
        Assert.That(AuditedJobs.Of(Entry(3, "[7,8,10]")), Is.EqualTo("7, 8, 10"));

        var many = AuditedJobs.Of(Entry(20_000, $"[{string.Join(',', Enumerable.Range(1, AuditLog.MaxJobIds))}]"));
        Assert.That(many, Does.StartWith("1, 2, 3, ").And.EndsWith($", {AuditedJobs.Most} and {20_000 - AuditedJobs.Most} more"));
    }

    private static AuditEntry Entry(int count, string? ids) => new() { Actor = "anna", Action = AuditAction.RetryJob, JobCount = count, JobIds = ids };
}
