using Wegent.Hosting.Security;
using Wegent.Resources;

namespace Wegent.Hosting.Api;

/// <summary>Agent definitions, kind by kind, in both forms of the address: with the namespace in the path, and flat. The public ones, for administrators, in a third.</summary>
internal static class ResourceEndpoints
{
    public static void MapResources(this IEndpointRouteBuilder routes)
    {
        // Tasks have routes of their own.
        foreach (var kind in ResourceKinds.All.Where(static kind => kind.Name != ResourceKinds.Task))
        {
            var own = new ResourceHandlers(kind, static caller => caller.Resources);
            Map(routes.MapGroup($"/api/v1/{kind.Plural}").WithTags(kind.Name), own);
            Map(routes.MapGroup($"/api/v1/namespaces/{{ns}}/{kind.Plural}").WithTags(kind.Name), own);

            var ofAll = new ResourceHandlers(kind, static caller => caller.Wegent.For(ResourceKey.SystemOwner).Resources);
            Map(routes.MapGroup($"/api/v1/admin/public/{kind.Plural}").WithTags("Administration").RequireAuthorization(SecurityServices.AdminsOnly), ofAll);
            if (kind.Name == ResourceKinds.Model)
                Map(routes.MapGroup("/api/v1/admin/public-models").WithTags("Administration").RequireAuthorization(SecurityServices.AdminsOnly), ofAll);
        }
    }

    private static void Map(RouteGroupBuilder group, ResourceHandlers handlers)
    {
        var kind = handlers.Kind.Name;
        group.MapGet("", handlers.ListAsync).WithSummary($"{kind} resources of the user; the public ones with public=true; watch=true tells what happens to them, a JSON object a line");
        group.MapPost("", handlers.CreateAsync).Accepts<string>("application/json", "application/yaml", RequestBody.AnyType).Produces(StatusCodes.Status201Created).WithSummary($"Create one {kind}");
        group.MapGet("/{name}", handlers.GetAsync).WithSummary($"One {kind}: the user's own, else the public one");
        group.MapPut("/{name}", handlers.ReplaceAsync).Accepts<string>("application/json", "application/yaml", RequestBody.AnyType).WithSummary($"Replace one {kind}, or create it");
        group.MapPatch("/{name}", handlers.PatchAsync).Accepts<string>("application/merge-patch+json", "application/json", RequestBody.AnyType).WithSummary($"Change fields of one {kind} by a JSON merge patch");
        group.MapGet("/{name}/revisions", handlers.ListRevisionsAsync).WithSummary($"What one {kind} was before, newest first");
        group.MapPost("/{name}/undo", handlers.UndoAsync).WithSummary($"Make one {kind} what it was in the revision before, or in the one that to= names");
        group.MapDelete("/{name}", handlers.DeleteAsync).WithSummary($"Delete one {kind}");
    }
}
