using VideoPipeline.GitHub;

namespace VideoPipeline.Tests.GitHub;

internal sealed class DispatchStepsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);
    private static readonly TimeSpan AppearsWithin = TimeSpan.FromMinutes(2);

    [TestCase(false, null, true, DispatchStep.Send)]
    [TestCase(false, null, false, DispatchStep.Forget, Description = "cancelled before GitHub was asked")]
    [TestCase(true, null, true, DispatchStep.Look, Description = "nobody knows whether GitHub has heard of it")]
    [TestCase(true, null, false, DispatchStep.Look)]
    [TestCase(true, 7L, true, DispatchStep.Follow)]
    [TestCase(true, 7L, false, DispatchStep.Cancel)]
    [TestCase(false, 7L, false, DispatchStep.Cancel)]
    public void What_comes_first(bool sent, long? runId, bool held, DispatchStep expected) =>
        Assert.That(DispatchSteps.First(Open(held, sent ? Now : null, runId: runId)), Is.EqualTo(expected));

    [TestCase(119, true, false, 1, DispatchStep.Look)]
    [TestCase(120, true, false, 1, DispatchStep.Send)]
    [TestCase(120, true, false, 3, DispatchStep.NeverStarted)]
    [TestCase(9999, true, true, 1, DispatchStep.Look, Description = "it runs under another name")]
    [TestCase(119, false, true, 1, DispatchStep.Look, Description = "it may appear yet, to be cancelled")]
    [TestCase(120, false, true, 1, DispatchStep.Forget)]
    [TestCase(120, false, false, 1, DispatchStep.Forget)]
    public void After_a_look_that_found_nothing(int seconds, bool held, bool accepted, int sends, DispatchStep expected) => Assert.That(
        DispatchSteps.AfterLook(Open(held, Now.AddSeconds(-seconds), accepted, sends), AppearsWithin, Now), Is.EqualTo(expected));

    [Test]
    public void Looks_become_rarer()
    {
        var longest = TimeSpan.FromMinutes(5);
        Assert.That(
            new[] { 0, 1, 2, 7, 8, 1000 }.Select(looks => DispatchSteps.Delay(looks, longest).TotalSeconds), Is.EqualTo(new double[] { 2, 4, 8, 256, 300, 300 }));
    }

    [Test]
    public void A_title_tells_its_dispatch()
    {
        var token = Guid.NewGuid();
        Assert.That(WorkflowDispatch.TokenOf(WorkflowDispatch.TitleOf(41, token)), Is.EqualTo(token));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("vp-")]
    [TestCase("vp-41")]
    [TestCase("vp-41-7")]
    [TestCase("vp-x-0123456789abcdef0123456789abcdef")]
    [TestCase("vp--1-0123456789abcdef0123456789abcdef")]
    [TestCase("vp-41-0123456789abcdef0123456789abcdef-2")]
    [TestCase("Deploy vp-41-0123456789abcdef0123456789abcdef")]
    public void Other_titles_are_others(string? title) => Assert.That(WorkflowDispatch.TokenOf(title), Is.Null);

    private static OpenDispatch Open(bool held, DateTimeOffset? sentAt, bool accepted = false, int sends = 1, long? runId = null) => new(
        new() { Repository = "a/b", Workflow = "c.yml", Ref = "main", SentAt = sentAt, Accepted = accepted, Sends = sends, RunId = runId }, held);
}
