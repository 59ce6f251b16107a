using System.Globalization;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Wegent.Storage;

namespace Wegent.Hosting.Security;

/// <summary>Issues tokens and says what one must be like to count: JWT, HMAC-SHA-256 and nothing else.</summary>
internal sealed class Tokens(SigningKey key, IOptions<AuthOptions> options, TimeProvider clock)
{
    public const string Issuer = "wegent";

    /// <summary>Audience of tokens for the API.</summary>
    public const string ApiAudience = "wegent-api";

    /// <summary>Audience of tickets for <c>/chat</c>; a ticket is no token, and a token no ticket.</summary>
    public const string ChatAudience = "wegent-chat";

    private static readonly TimeSpan TicketLifetime = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };

    /// <summary>A token for the API.</summary>
    public IssuedToken Issue(UserRecord user) => Issue(user, ApiAudience, options.Value.TokenLifetime);

    /// <summary>A ticket that opens one WebSocket.</summary>
    public IssuedToken IssueTicket(UserRecord user) => Issue(user, ChatAudience, TicketLifetime);

    /// <summary>What a token for an audience must be like.</summary>
    public TokenValidationParameters RulesFor(string audience) => new()
    {
        ValidIssuer = Issuer,
        ValidAudience = audience,
        IssuerSigningKey = key.Key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ValidTypes = ["JWT"],
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ValidateIssuer = true,
        ValidateAudience = true,
        ValidateIssuerSigningKey = true,
        ValidateLifetime = true,
        LifetimeValidator = IsAlive,
        NameClaimType = TokenClaims.UserName,
        RoleClaimType = TokenClaims.Role,
    };

    /// <summary>Reads a ticket; null when it does not count.</summary>
    public async ValueTask<JsonWebToken?> ReadTicketAsync(string ticket)
    {
        var result = await _handler.ValidateTokenAsync(ticket, RulesFor(ChatAudience));
        return result.IsValid ? (JsonWebToken)result.SecurityToken : null;
    }

    private IssuedToken Issue(UserRecord user, string audience, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        var text = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(key.Key, SecurityAlgorithms.HmacSha256),
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7().ToString("N"),
                [TokenClaims.UserId] = user.Id.ToString(CultureInfo.InvariantCulture),
                [TokenClaims.UserName] = user.UserName,
                [TokenClaims.Role] = user.Role,
                [TokenClaims.Version] = user.TokenVersion,
            },
        });
        return new IssuedToken(text, lifetime);
    }

    // Our clock, not the library's: tests move it, and there is one notion of now.
    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters rules)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end && (notBefore is not { } start || start <= now.AddSeconds(30)); // hosts' clocks differ
    }
}
