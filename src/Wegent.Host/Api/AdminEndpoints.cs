using System.Diagnostics;
using Wegent.Hosting.Realtime;
using Wegent.Hosting.Security;
using Wegent.Sandboxes;
using Wegent.Storage;

namespace Wegent.Hosting.Api;

/// <summary>What administrators see and do.</summary>
internal static class AdminEndpoints
{
    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/api/v1/admin").WithTags("Administration").RequireAuthorization(SecurityServices.AdminsOnly);
        admin.MapGet("/users", ListUsersAsync).WithSummary("All users");
        admin.MapPost("/users", AddUserAsync).Accepts<NewUserBody>("application/json", RequestBody.AnyType).Produces<NewUserReply>(StatusCodes.Status201Created).WithSummary("Add a user; a password that is made up is shown this once");
        admin.MapGet("/users/{user}", GetUserAsync).WithSummary("One user, by name or number");
        admin.MapPatch("/users/{user}", ChangeUserAsync).Accepts<UserChangeBody>("application/json", RequestBody.AnyType).Produces<UserReply>().WithSummary("Change a user's role, state or password");
        admin.MapDelete("/users/{user}", DeactivateUserAsync).WithSummary("Lock a user out; what is theirs stays");
        admin.MapGet("/executors", ListExecutorsAsync).WithSummary("The sandboxes of this store, wherever they run");
        admin.MapGet("/stats", StatsAsync).WithSummary("What this host is doing");
    }

    private static async Task<UserList> ListUsersAsync(UserAdministration users, CancellationToken cancellationToken) =>
        new([.. (await users.ListAsync(cancellationToken)).Select(UserReply.Of)]);

    private static async Task<IResult> AddUserAsync(HttpContext context, UserAdministration users)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, ApiJson.Default.NewUserBody);
        var (user, password) = await users.AddAsync(body.UserName, body.Role ?? Roles.User, body.Password, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Location = $"/api/v1/admin/users/{Uri.EscapeDataString(user.UserName)}";
        return Results.Json(new NewUserReply(UserReply.Of(user), password), ApiJson.Readable.NewUserReply, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<UserReply> GetUserAsync(string user, UserAdministration users, CancellationToken cancellationToken) =>
        UserReply.Of(await users.GetAsync(user, cancellationToken));

    private static async Task<UserReply> ChangeUserAsync(HttpContext context, string user, UserAdministration users)
    {
        var body = await RequestBody.ReadJsonAsync(context.Request, ApiJson.Default.UserChangeBody);
        return UserReply.Of(await users.ChangeAsync(user, body.Role, body.IsActive, body.Password, context.RequestAborted));
    }

    private static async Task<IResult> DeactivateUserAsync(string user, UserAdministration users, CancellationToken cancellationToken)
    {
        await users.ChangeAsync(user, role: null, isActive: false, password: null, cancellationToken);
        return Results.NoContent();
    }

    private static async Task<ExecutorList> ListExecutorsAsync(IEnumerable<ISandboxProvider> places, IRunStore runs, IPortLeaseStore ports, CancellationToken cancellationToken)
    {
        var store = await runs.GetStoreIdAsync(cancellationToken);
        var items = new List<ExecutorReply>();
        var problems = new List<PlaceProblem>();
        foreach (var place in places)
        {
            var leases = (await ports.ListAsync(place.Name, cancellationToken)).ToDictionary(static lease => lease.Holder, static lease => lease.Port, StringComparer.Ordinal);
            try
            {
                await foreach (var sandbox in place.ListAsync(store, cancellationToken))
                    items.Add(new ExecutorReply(sandbox.Id, place.Name, sandbox.TaskId, sandbox.Running, leases.TryGetValue(sandbox.Id, out var port) ? port : null, sandbox.CreatedAt));
            }
            catch (SandboxException error)
            {
                problems.Add(new PlaceProblem(place.Name, error.Message));
            }
        }

        return new ExecutorList(items, problems);
    }

    private static async Task<StatsReply> StatsAsync(UserAdministration users, RoomRouter rooms, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var process = Process.GetCurrentProcess();
        return new StatsReply(
            ApiDescription.Version,
            (long)(clock.GetUtcNow().UtcDateTime - process.StartTime.ToUniversalTime()).TotalSeconds,
            (await users.ListAsync(cancellationToken)).Count,
            rooms.OpenRooms,
            process.WorkingSet64,
            ThreadPool.ThreadCount);
    }
}
