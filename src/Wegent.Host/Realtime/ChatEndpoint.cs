using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Wegent.Hosting.Api;
using Wegent.Hosting.Security;

namespace Wegent.Hosting.Realtime;

/// <summary><c>/chat</c>: who may open a socket, and its way from the request to the session.</summary>
internal static class ChatEndpoint
{
    private const string Path = "/chat";

    public static IServiceCollection AddRealtime(this IServiceCollection services)
    {
        services.AddOptions<RealtimeOptions>().BindConfiguration(RealtimeOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RealtimeOptions>, RealtimeOptionsRules>();
        services.AddSingleton<RoomRouter>();
        return services;
    }

    /// <summary>Prepares requests for <c>/chat</c>, before they come to its handler.</summary>
    public static void UseChat(this WebApplication app)
    {
        app.Use(static (context, next) =>
        {
            if (context.Request.Path == Path)
                ShareStream(context.Features);
            return next(context);
        });
        app.UseWebSockets();
    }

    public static void MapChat(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(Path, ["GET", "CONNECT"], OpenAsync).AllowAnonymous().ExcludeFromDescription();

    private static void ShareStream(IFeatureCollection features)
    {
        var upgrade = features.Get<IHttpUpgradeFeature>();
        var connect = features.Get<IHttpExtendedConnectFeature>();
        var shared = new SharedUpgrade(upgrade, connect);
        if (upgrade is not null)
            features.Set<IHttpUpgradeFeature>(shared);
        if (connect is not null)
            features.Set<IHttpExtendedConnectFeature>(shared);
        features.Set(shared);
    }

    private static async Task OpenAsync(HttpContext context, Tickets tickets, RoomRouter router, IOptions<RealtimeOptions> options, TimeProvider clock, ILoggerFactory logging, IHostApplicationLifetime lifetime)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new InvalidRequestException("This is a WebSocket: connect with ws:// or wss://.");
        if (Origins.IsForeign(context.Request))
        {
            await context.WriteProblemAsync(StatusCodes.Status403Forbidden, "auth.foreign_origin", "A page of another site may not open this socket.", null, null);
            return;
        }

        if (await AuthenticateAsync(context, tickets) is not { Identity.IsAuthenticated: true } user)
        {
            await context.WriteProblemAsync(StatusCodes.Status401Unauthorized, "auth.required", "Send 'Authorization: Bearer …', or ?ticket= with a new ticket of POST /api/auth/ticket.", null, null);
            return;
        }

        if (ApiKeyAuthentication.IsReadOnly(user))
        {
            await context.WriteProblemAsync(StatusCodes.Status403Forbidden, "auth.read_only", "This API key only reads; follow a task with GET /api/v1/tasks/{id}/events.", null, null);
            return;
        }

        using var webSocket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = options.Value.PingInterval,
            KeepAliveTimeout = options.Value.PingTimeout,
        });
        var stream = context.Features.GetRequiredFeature<SharedUpgrade>().Stream ?? throw new InvalidOperationException("The upgrade did not come through SharedUpgrade.");
        var logger = logging.CreateLogger<ChatSession>();
        var version = int.Parse(user.FindFirstValue(TokenClaims.Version)!, CultureInfo.InvariantCulture); // every scheme sets it
        var socket = new ChatSocket(webSocket, stream, version, options.Value, clock, logger);
        await new ChatSession(Caller.Of(user, context.RequestServices), socket, router, logger).RunAsync(context.Abort, lifetime.ApplicationStopping);
    }

    private static async ValueTask<ClaimsPrincipal?> AuthenticateAsync(HttpContext context, Tickets tickets)
    {
        if (context.Request.Query["ticket"] is not [{ Length: > 0 } ticket])
            return context.User;
        var user = await tickets.RedeemAsync(ticket, context.RequestAborted);
        return user is null ? null : Accounts.PrincipalOf(user, "Ticket");
    }
}
