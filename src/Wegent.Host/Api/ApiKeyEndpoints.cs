using Wegent.Hosting.Security;
using Wegent.Storage;

namespace Wegent.Hosting.Api;

/// <summary>The signed-in user's API keys.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/users/me/api-keys").WithTags("Users").RequireAuthorization(SecurityServices.PeopleOnly);
        keys.MapGet("", ListAsync).WithSummary("Your API keys, without the keys themselves");
        keys.MapPost("", CreateAsync).Accepts<ApiKeyBody>("application/json", RequestBody.AnyType).Produces<ApiKeyReply>(StatusCodes.Status201Created).WithSummary("Make an API key; it is shown this once");
        keys.MapDelete("/{id:long}", DeleteAsync).WithSummary("Remove an API key; it stops to count at once");
    }

    private static async Task<ApiKeyList> ListAsync(Caller caller, IUserStore users, CancellationToken cancellationToken) =>
        new([.. (await users.ListKeysAsync(caller.UserId, cancellationToken)).Select(static key => ApiKeyReply.Of(key, null))]);

    private static async Task<IResult> CreateAsync(HttpContext context, Caller caller, ApiKeys keys)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, ApiJson.Default.ApiKeyBody);
        var (key, record) = await keys.CreateAsync(caller.UserId, body.Name, body.Scope ?? ApiKeys.FullScope, body.ExpiresInDays, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(ApiKeyReply.Of(record, key), ApiJson.Readable.ApiKeyReply, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> DeleteAsync(Caller caller, long id, ApiKeys keys, CancellationToken cancellationToken)
    {
        await keys.RemoveAsync(caller.UserId, id, cancellationToken);
        return Results.NoContent();
    }
}
