using System.Globalization;
using System.Reflection;
using System.Security.Claims;

namespace Wegent.Hosting.Security;

/// <summary>Who makes a request, and Wegent acting as them. Handlers take it as a parameter.</summary>
/// <param name="UserId">The user's number.</param>
/// <param name="UserName">The user's name.</param>
/// <param name="Wegent">The SDK, as this user.</param>
internal sealed record Caller(long UserId, string UserName, IWegentClient Wegent)
{
    /// <summary>Resources of the user.</summary>
    public IResourceClient Resources => Wegent.Resources;

    /// <summary>Tasks of the user.</summary>
    public ITaskClient Tasks => Wegent.Tasks;

    /// <summary>Called by the framework for handlers that take a caller. Routes that need none are the only ones without authorisation.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        _ = parameter;
        return ValueTask.FromResult(Of(context.User, context.RequestServices));
    }

    /// <summary>The caller behind a principal.</summary>
    public static Caller Of(ClaimsPrincipal principal, IServiceProvider services)
    {
        var name = principal.FindFirstValue(TokenClaims.UserName) ?? throw new InvalidOperationException("A route that takes a caller must require authorisation.");
        var id = long.Parse(principal.FindFirstValue(TokenClaims.UserId)!, CultureInfo.InvariantCulture); // every scheme sets both
        return new Caller(id, name, services.GetRequiredService<IWegentClient>().For(name));
    }
}
