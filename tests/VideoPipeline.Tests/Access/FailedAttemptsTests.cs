using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Server.Access;

namespace VideoPipeline.Tests.Access;

public sealed class FailedAttemptsTests
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();

    [Test]
    public void After_the_limit_the_address_is_told_to_wait_for_the_end_of_the_window()
    {
        var attempts = NewAttempts();
        Fail(attempts, Address, FailedAttempts.MostInWindow);
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.That(attempts.Note(Address), Is.EqualTo(TimeSpan.FromSeconds(40)));
        Assert.That(attempts.Note(IPAddress.Parse("192.0.2.2")), Is.Null, "another address");

        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.That(attempts.Note(Address), Is.Null, "the next window");
    }

    [Test]
    public void Addresses_of_one_subscriber_count_together()
    {
        var attempts = NewAttempts();
        for (var i = 1; i <= FailedAttempts.MostInWindow; i++)
        {
            attempts.Note(IPAddress.Parse($"2001:db8::{i}"));
        }

        Assert.That(attempts.Note(IPAddress.Parse("2001:db8::ffff")), Is.Not.Null);
        Assert.That(attempts.Note(IPAddress.Parse("2001:db8:0:1::1")), Is.Null);

        Fail(attempts, IPAddress.Parse("::ffff:192.0.2.1"), FailedAttempts.MostInWindow);
        Assert.That(attempts.Note(Address), Is.Not.Null, "the same address in the clothes of IPv6");
    }

    [Test]
    public void However_many_addresses_there_are_it_remembers_a_bounded_number()
    {
        var attempts = NewAttempts();
        for (var i = 0; i < FailedAttempts.MostAddresses * 2; i++)
        {
            attempts.Note(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]));
        }

        Assert.That(attempts.Count, Is.EqualTo(FailedAttempts.MostAddresses));

        _time.Advance(FailedAttempts.Window);
        attempts.Note(Address);
        Assert.That(attempts.Count, Is.EqualTo(1));
    }

    private static void Fail(FailedAttempts attempts, IPAddress address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.That(attempts.Note(address), Is.Null);
        }
    }

    private FailedAttempts NewAttempts() => new(_time, NullLogger<FailedAttempts>.Instance);
}
