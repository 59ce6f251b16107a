using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Wegent.Storage;

namespace Wegent.Hosting.Security;

/// <summary>For <c>Auth:Mode</c> None: whoever reaches the host is user <c>local</c>. The settings allow it on loopback only.</summary>
internal sealed class LocalAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IUserStore users)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Local";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // A page of another site that the user's browser shows must not act for them, nor one whose name was made to point here.
        if (Origins.IsForeign(Request) || !Origins.IsLocal(Context))
            return AuthenticateResult.Fail("Not from this machine.");
        var user = await users.FindByNameAsync(IWegentClient.LocalOwner, Context.RequestAborted);
        return user is null
            ? AuthenticateResult.NoResult()
            : AuthenticateResult.Success(new AuthenticationTicket(Accounts.PrincipalOf(user, Scheme.Name), Scheme.Name));
    }
}
