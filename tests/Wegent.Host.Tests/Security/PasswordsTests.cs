using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Wegent.Hosting.Security;
using Wegent.Storage;

namespace Wegent.Hosting.Tests.Security;

public sealed class PasswordsTests
{
    private readonly Passwords _passwords = new();

    [Fact]
    public void A_hash_takes_210_000_rounds_and_only_its_password_fits()
    {
        var hash = _passwords.Hash("a password");
        Assert.Equal(210_000u, BinaryPrimitives.ReadUInt32BigEndian(Convert.FromBase64String(hash).AsSpan(5)));
        Assert.Equal((true, false), _passwords.Check(hash, "a password"));
        Assert.Equal((false, false), _passwords.Check(hash, "another"));
        Assert.Equal((false, false), _passwords.Check(null, "a password"));
    }

    [Fact]
    public void A_weaker_hash_of_before_fits_and_is_to_be_made_anew()
    {
        var old = new PasswordHasher<UserRecord>(Options.Create(new PasswordHasherOptions { IterationCount = 10_000 })).HashPassword(null!, "a password");
        Assert.Equal((true, true), _passwords.Check(old, "a password"));
    }

    [Fact]
    public void An_unknown_user_takes_the_work_of_a_known_one()
    {
        var hash = _passwords.Hash("a password");
        _passwords.Check(hash, "x");
        double[] ratios = [.. Enumerable.Range(0, 5).Select(_ => Time(null) / Time(hash)).Order()];
        Assert.InRange(ratios[2], 0.5, 2);

        double Time(string? stored)
        {
            var begun = Stopwatch.GetTimestamp();
            _passwords.Check(stored, "x");
            return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }
    }
}
