using VideoPipeline.Server.Api;

namespace VideoPipeline.Tests.Server;

public sealed class PageTests
{
    [Test]
    public void A_cursor_leads_to_what_comes_before_the_last_id()
    {
        var page = Page.Of(limit: 2, cursor: null).Answer([9L, 7L, 5L], id => id, id => id);

        Assert.That(page.Items, Is.EqualTo(new[] { 9L, 7L }));
        Assert.That(Page.Of(limit: null, page.NextCursor), Is.EqualTo(new Page(Page.DefaultLimit, BeforeId: 7)));
    }

    [Test]
    public void The_last_page_has_no_cursor() =>
        Assert.That(Page.Of(limit: 2, cursor: null).Answer([9L, 7L], id => id, id => id).NextCursor, Is.Null);

    [TestCase(0, null, "limit")]
    [TestCase(501, null, "limit")]
    [TestCase(5, "", "cursor")]
    [TestCase(5, "7", "cursor")]
    [TestCase(5, "YmVmb3JlOi0x", "cursor", Description = "before:-1")]
    public void What_is_wrong_is_named(int limit, string? cursor, string field) =>
        Assert.That(() => Page.Of(limit, cursor), Throws.TypeOf<InvalidRequestException>().With.Property("Errors").ContainKey(field));
}
