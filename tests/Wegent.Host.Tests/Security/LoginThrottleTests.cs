using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Wegent.Hosting.Security;

namespace Wegent.Hosting.Tests.Security;

public sealed class LoginThrottleTests
{
    private static readonly IPAddress s_address = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _clock = new();
    private readonly LoginThrottle _throttle;

    public LoginThrottleTests() => _throttle = new(Options.Create(new AuthOptions { FailedLoginsPerAddress = 5, FailedLoginsPerUser = 3 }), _clock);

    [Fact]
    public void A_name_that_fails_too_often_waits_from_every_address_and_then_goes_on()
    {
        for (var i = 0; i < 3; i++)
            _throttle.Begin(IPAddress.Parse($"192.0.2.{i}"), "admin");
        var error = Assert.Throws<ThrottledException>(() => _throttle.Begin(IPAddress.Parse("192.0.2.9"), "ADMIN"));
        Assert.Equal("auth.throttled", error.Code);
        Assert.Equal(TimeSpan.FromSeconds(20), error.RetryAfter);
        _throttle.Begin(IPAddress.Parse("192.0.2.9"), "somebody else");

        _clock.Advance(error.RetryAfter);
        _throttle.Begin(IPAddress.Parse("192.0.2.9"), "admin");
        Assert.Throws<ThrottledException>(() => _throttle.Begin(IPAddress.Parse("192.0.2.9"), "admin"));
    }

    [Fact]
    public void An_address_that_fails_too_often_waits_for_every_name()
    {
        for (var i = 0; i < 5; i++)
            _throttle.Begin(s_address, $"user{i}");
        Assert.Throws<ThrottledException>(() => _throttle.Begin(s_address, "user9"));
        Assert.Throws<ThrottledException>(() => _throttle.Begin(s_address.MapToIPv6(), "user9"));
        _throttle.Begin(IPAddress.Parse("192.0.2.2"), "user9");
    }

    [Fact]
    public void A_network_of_IPv6_addresses_counts_as_one()
    {
        for (var i = 0; i < 5; i++)
            _throttle.Begin(IPAddress.Parse($"2001:db8::{i}"), $"user{i}");
        Assert.Throws<ThrottledException>(() => _throttle.Begin(IPAddress.Parse("2001:db8::ffff:1"), "user9"));
        _throttle.Begin(IPAddress.Parse("2001:db8:0:1::1"), "user9");
    }

    [Fact]
    public void Logins_that_succeed_are_never_throttled()
    {
        for (var i = 0; i < 100; i++)
            _throttle.Begin(s_address, "admin").Succeed();
    }

    [Fact]
    public void A_login_that_succeeds_forgives_the_name_but_not_the_address()
    {
        for (var i = 0; i < 2; i++)
            _throttle.Begin(s_address, "admin");
        _throttle.Begin(s_address, "admin").Succeed();
        for (var i = 0; i < 3; i++)
            _throttle.Begin(s_address, "admin");
        Assert.Throws<ThrottledException>(() => _throttle.Begin(s_address, "other"));
    }

    [Fact]
    public void Ever_new_names_cost_a_bounded_memory_and_are_throttled_together()
    {
        var refused = 0;
        for (var i = 0; i < 50_000; i++)
        {
            try
            {
                _throttle.Begin(new IPAddress(i), $"user{i}");
            }
            catch (ThrottledException)
            {
                refused++;
            }
        }

        Assert.True(refused > 40_000);
        _clock.Advance(TimeSpan.FromMinutes(3));
        _throttle.Begin(new IPAddress(60_000), "new");
    }

    [Fact]
    public async Task The_host_answers_429_and_says_when_to_come_again()
    {
        await using var host = await TestHost.StartAsync(new() { ["Wegent:Auth:FailedLoginsPerUser"] = "2" });
        var ct = TestContext.Current.CancellationToken;
        for (var i = 0; i < 2; i++)
        {
            using var wrong = await host.Anonymous.PostAsJsonAsync("/api/auth/login", new { user_name = "admin", password = "guess" }, ct);
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        }

        using var reply = await host.Anonymous.PostAsJsonAsync("/api/auth/login", new { user_name = "admin", password = TestHost.AdminPassword }, ct);
        Assert.Equal(HttpStatusCode.TooManyRequests, reply.StatusCode);
        Assert.InRange(reply.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("auth.throttled", (await TestHost.ReadAsync(reply)).GetProperty("code").GetString());
    }
}
