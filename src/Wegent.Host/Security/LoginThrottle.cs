using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Wegent.Hosting.Security;

/// <summary>Slows down guessing: failed logins per address and per user name. A login that succeeds costs nothing.</summary>
/// <remarks>Each key may fail a minute's worth at once and then one at a time. Nothing is written: another host counts by itself.</remarks>
internal sealed class LoginThrottle(IOptions<AuthOptions> options, TimeProvider clock)
{
    // Above it, keys without failures of late are dropped; if all are of late, new ones share one.
    private const int MaxKeys = 10_000;

    private const string Others = "others";

    private readonly Lock _gate = new();

    // When the failures of a key are forgotten. A key that is not in here, or whose time has passed, has none.
    private readonly Dictionary<string, DateTimeOffset> _clearAt = [];

    /// <summary>Counts an attempt before it is checked, so that attempts at the same time count too.</summary>
    /// <exception cref="ThrottledException">Too many failed of late.</exception>
    public LoginAttempt Begin(IPAddress? address, string userName)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            Span<(string Key, TimeSpan Cost)> all =
            [
                (KeyFor("address:" + Network(address), now), TimeSpan.FromMinutes(1) / options.Value.FailedLoginsPerAddress),
                (KeyFor("user:" + userName.ToUpperInvariant(), now), TimeSpan.FromMinutes(1) / options.Value.FailedLoginsPerUser),
            ];
            foreach (var (key, cost) in all)
            {
                var wait = Max(_clearAt.GetValueOrDefault(key), now) + cost - now - TimeSpan.FromMinutes(1);
                if (wait > TimeSpan.Zero)
                    throw new ThrottledException("auth.throttled", "Too many failed logins; wait and try again.", wait);
            }

            foreach (var (key, cost) in all)
                _clearAt[key] = Max(_clearAt.GetValueOrDefault(key), now) + cost;
            return new LoginAttempt(this, all[0].Key, all[0].Cost, all[1].Key);
        }
    }

    /// <summary>Takes an attempt back that turned out right: the user's failures are forgotten, the address gets this one back.</summary>
    internal void Succeed(string addressKey, TimeSpan addressCost, string userKey)
    {
        lock (_gate)
        {
            if (_clearAt.TryGetValue(addressKey, out var clearAt))
                _clearAt[addressKey] = clearAt - addressCost;
            _clearAt.Remove(userKey);
        }
    }

    private string KeyFor(string key, DateTimeOffset now)
    {
        if (_clearAt.ContainsKey(key) || _clearAt.Count < MaxKeys)
            return key;
        foreach (var (old, clearAt) in _clearAt)
        {
            if (clearAt <= now)
                _clearAt.Remove(old);
        }

        return _clearAt.Count < MaxKeys ? key : Others;
    }

    // One household or server has a whole /64 of IPv6 addresses to itself.
    private static string Network(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    private static DateTimeOffset Max(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}

/// <summary>A login that was counted and is now checked.</summary>
internal readonly record struct LoginAttempt(LoginThrottle Throttle, string AddressKey, TimeSpan AddressCost, string UserKey)
{
    /// <summary>It was right: it does not count.</summary>
    public void Succeed() => Throttle.Succeed(AddressKey, AddressCost, UserKey);
}
