using Wegent.Hosting.Security;
using Wegent.Storage;

namespace Wegent.Hosting.Api;

/// <summary>Signing in, and the signed-in user.</summary>
internal static class AuthEndpoints
{
    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/api/auth").WithTags("Authentication");
        auth.MapPost("/login", LoginAsync).AllowAnonymous().Accepts<LoginBody>("application/json", RequestBody.AnyType).Produces<LoginReply>().WithSummary("Sign in with a user name and a password");
        auth.MapGet("/oidc/user-auth-type", AuthTypeOf).AllowAnonymous().WithSummary("How a user signs in");
        auth.MapPost("/ticket", TicketAsync).WithSummary("A ticket that opens one WebSocket within 30 seconds");

        var me = routes.MapGroup("/api/users/me").WithTags("Users");
        me.MapGet("", MeAsync).WithSummary("The signed-in user");
        me.MapPut("/password", ChangePasswordAsync).RequireAuthorization(SecurityServices.PeopleOnly).Accepts<PasswordBody>("application/json", RequestBody.AnyType).Produces<LoginReply>().WithSummary("Change the password; all tokens end, and a new one comes back");
    }

    private static async Task<LoginReply> LoginAsync(HttpContext context, Accounts accounts, Tokens tokens)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, ApiJson.Default.LoginBody);
        var user = await accounts.LoginAsync(body.UserName, body.Password, context.Connection.RemoteIpAddress, context.RequestAborted);
        return ReplyFor(context, tokens, user);
    }

    // Says the same for every name, so that nobody learns which names there are.
    private static AuthTypeReply AuthTypeOf(string username) => new(Exists: username.Length > 0, AuthSource: "password");

    private static async Task<TicketReply> TicketAsync(HttpContext context, Caller caller, IUserStore users, Tickets tickets)
    {
        var ticket = tickets.Issue(await GetAsync(users, caller, context.RequestAborted));
        context.Response.Headers.CacheControl = "no-store";
        return new TicketReply(ticket.Text, (int)ticket.Lifetime.TotalSeconds);
    }

    private static async Task<UserReply> MeAsync(Caller caller, IUserStore users, CancellationToken cancellationToken) =>
        UserReply.Of(await GetAsync(users, caller, cancellationToken));

    private static async Task<LoginReply> ChangePasswordAsync(HttpContext context, Caller caller, IUserStore users, Accounts accounts, Tokens tokens)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, ApiJson.Default.PasswordBody);
        var user = await GetAsync(users, caller, context.RequestAborted);
        var changed = await accounts.ChangePasswordAsync(user, body.CurrentPassword, body.NewPassword, context.Connection.RemoteIpAddress, context.RequestAborted);
        return ReplyFor(context, tokens, changed);
    }

    private static LoginReply ReplyFor(HttpContext context, Tokens tokens, UserRecord user)
    {
        var token = tokens.Issue(user);
        context.Response.Headers.CacheControl = "no-store";
        return new LoginReply(token.Text, "bearer", (int)token.Lifetime.TotalSeconds, UserReply.Of(user));
    }

    private static async ValueTask<UserRecord> GetAsync(IUserStore users, Caller caller, CancellationToken cancellationToken) =>
        await users.FindAsync(caller.UserId, cancellationToken) ?? throw new NotFoundException("user.not_found", "The signed-in user does not exist any more.");
}
