using System.Collections.Concurrent;
using Wegent.Storage;

namespace Wegent.Hosting.Security;

/// <summary>Opens a WebSocket for clients that cannot set headers: a ticket counts for 30 seconds, and once.</summary>
/// <remarks>A ticket is signed, so any host with the same key takes it; that it was used is remembered by the host that took it.</remarks>
internal sealed class Tickets(Tokens tokens, Accounts accounts, TimeProvider clock)
{
    // Used tickets until they expire. Bounded by what can be issued in 30 s, which the rate per user bounds.
    private readonly ConcurrentDictionary<string, DateTime> _used = [];

    /// <summary>A new ticket.</summary>
    public IssuedToken Issue(UserRecord user) => tokens.IssueTicket(user);

    /// <summary>The user that a ticket is for; null when it does not count, or no longer.</summary>
    public async ValueTask<UserRecord?> RedeemAsync(string ticket, CancellationToken cancellationToken)
    {
        if (await tokens.ReadTicketAsync(ticket) is not { } token || !_used.TryAdd(token.Id, token.ValidTo))
            return null;

        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var (id, expires) in _used)
        {
            if (expires < now)
                _used.TryRemove(id, out _);
        }

        int? version = token.TryGetPayloadValue<int>(TokenClaims.Version, out var value) ? value : null;
        return await accounts.FindAsync(token.Subject, version, cancellationToken);
    }
}
