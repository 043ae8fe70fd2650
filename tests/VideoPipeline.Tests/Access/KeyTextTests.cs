using VideoPipeline.Access;

namespace VideoPipeline.Tests.Access;

public sealed class KeyTextTests
{
    [Test]
    public void A_key_is_recognised_by_its_id_and_the_hash_of_its_secret()
    {
        var (text, publicId, hash) = KeyText.New();

        Assert.That(text, Does.Match("^vp_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$"));
        Assert.That(KeyText.TryRead(text, out var readId, out var readHash), Is.True);
        Assert.That((readId, readHash), Is.EqualTo((publicId, hash)));
        Assert.That(KeyText.AreEqual(hash, readHash), Is.True);
        Assert.That(hash, Has.Length.EqualTo(64).And.Not.Contains(text[20..]));
    }

    [Test]
    public void No_two_keys_are_alike_and_one_letter_makes_another_key()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => KeyText.New()).ToList();
        Assert.That(keys.Select(key => key.PublicId).Concat(keys.Select(key => key.Hash)).Distinct().Count(), Is.EqualTo(200));

        var (text, _, hash) = keys[0];
        var other = text[..^1] + (text[^1] == 'A' ? 'B' : 'A');
        Assert.That(KeyText.TryRead(other, out _, out var otherHash), Is.True);
        Assert.That(KeyText.AreEqual(hash, otherHash), Is.False);
    }

    [TestCase("")]
    [TestCase("vp_")]
    [TestCase("secret")]
    [TestCase("vp_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("vp_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("vp_0123456789ABCDEF_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("xx_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("vp_0123456789abcdef-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_key_is_refused_without_a_look_at_the_database(string text) => Assert.That(KeyText.TryRead(text, out _, out _), Is.False);

    [TestCase("ops", null)]
    [TestCase("prometheus@host-1", null)]
    [TestCase("Ä b", null)]
    [TestCase("", "is required")]
    [TestCase(null, "is required")]
    [TestCase("Local", "must not be 'local'")]
    [TestCase(" a", "may have letters")]
    [TestCase("a\nb", "may have letters")]
    [TestCase("<b>", "may have letters")]
    public void A_name_is_one_plain_line_and_nobody_elses(string? name, string? problem) =>
        Assert.That(ApiKey.ProblemOf(name), problem is null ? Is.Null : Does.StartWith(problem));

    [Test]
    public void A_name_has_its_limit() => Assert.That(ApiKey.ProblemOf(new string('a', 81)), Does.Contain("at most 80"));
}
