using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Wegent.Hosting.Security;

/// <summary>Bearer credentials that are API keys. A key with scope <c>read</c> counts for reading requests only.</summary>
internal sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    private const string BearerWord = "Bearer ";

    /// <summary>Whether a request brings an API key.</summary>
    public static bool IsGiven(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith(BearerWord + ApiKeys.Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the caller may only read.</summary>
    public static bool IsReadOnly(ClaimsPrincipal principal) => principal.FindFirstValue(TokenClaims.Scope) == ApiKeys.ReadScope;

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var key = Request.Headers.Authorization.ToString()[BearerWord.Length..].Trim();
        if (await keys.FindAsync(key, Context.RequestAborted) is not var (record, user))
            return AuthenticateResult.Fail("The API key does not count, or no longer.");
        var principal = Accounts.PrincipalOf(user, Scheme.Name);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(TokenClaims.Scope, record.Scope)); // it was just made
        return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
    }
}
