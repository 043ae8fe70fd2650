using System.Text.Json;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.Tests.Jobs;

public sealed class JobErrorTests
{
    [Test]
    public void A_stages_failure_keeps_its_details_and_causes()
    {
        var error = JobError.From(new PermanentFailureException("not a video", new InvalidDataException("moov atom not found"))
        {
            Details = new Dictionary<string, object?> { ["exitCode"] = 1 },
        });

        using var details = JsonDocument.Parse(error.DetailsJson);
        Assert.That(error.Message, Is.EqualTo("not a video"));
        Assert.That(details.RootElement.GetProperty("permanent").GetBoolean(), Is.True);
        Assert.That(details.RootElement.GetProperty("exitCode").GetInt32(), Is.EqualTo(1));
        Assert.That(details.RootElement.GetProperty("causes")[0].GetString(), Does.Contain("moov atom"));
    }

    [Test]
    public void Others_keep_the_place_and_long_messages_are_cut()
    {
        var error = JobError.From(new InvalidOperationException(new string('x', 10_000)));

        using var details = JsonDocument.Parse(error.DetailsJson);
        Assert.That(error.Message, Has.Length.EqualTo(2001));
        Assert.That(details.RootElement.TryGetProperty("stackTrace", out _), Is.True);
    }
}
