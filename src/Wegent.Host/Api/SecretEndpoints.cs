using Wegent.Hosting.Security;
using Wegent.Storage;

namespace Wegent.Hosting.Api;

/// <summary>Secrets of the user: they go in, and never come out.</summary>
internal static class SecretEndpoints
{
    public static void MapSecrets(this IEndpointRouteBuilder routes)
    {
        var secrets = routes.MapGroup("/api/v1/secrets").WithTags("Secrets");
        secrets.MapGet("", ListAsync).WithSummary("Names of your secrets, without their values");
        secrets.MapPut("/{name}", SetAsync).Accepts<SecretBody>("application/json", RequestBody.AnyType).Produces(StatusCodes.Status204NoContent).WithSummary("Set a secret that resources refer to as ${secret:NAME}");
        secrets.MapDelete("/{name}", RemoveAsync).WithSummary("Remove a secret");
    }

    private static async Task<SecretList> ListAsync(Caller caller, CancellationToken cancellationToken) =>
        new(await caller.Wegent.Secrets.ListAsync(cancellationToken));

    private static async Task<IResult> SetAsync(HttpContext context, Caller caller, string name)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, ApiJson.Default.SecretBody);
        await caller.Wegent.Secrets.SetAsync(name, body.Value, context.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> RemoveAsync(Caller caller, string name, CancellationToken cancellationToken) =>
        await caller.Wegent.Secrets.RemoveAsync(name, cancellationToken)
            ? Results.NoContent()
            : throw new NotFoundException("secret.not_found", $"You have no secret '{name}'; GET /api/v1/secrets lists yours.");
}

/// <summary>PUT <c>/api/v1/secrets/{name}</c>.</summary>
internal sealed record SecretBody
{
    public required string Value { get; init; }

    /// <summary>Prints no value.</summary>
    public override string ToString() => nameof(SecretBody);
}

/// <summary>A user's secrets.</summary>
internal sealed record SecretList(IReadOnlyList<SecretInfo> Items);
