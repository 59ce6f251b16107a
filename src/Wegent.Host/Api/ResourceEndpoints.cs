using System.Text;
using Wegent.Hosting.Security;
using Wegent.Resources;

namespace Wegent.Hosting.Api;

/// <summary>Agent definitions, kind by kind, in both forms of the address: with the namespace in the path, and flat.</summary>
internal static class ResourceEndpoints
{
    public static void MapResources(this IEndpointRouteBuilder routes)
    {
        // Tasks have routes of their own.
        foreach (var kind in ResourceKinds.All.Where(static kind => kind.Name != ResourceKinds.Task))
        {
            foreach (var prefix in (string[])[$"/api/v1/{kind.Plural}", $"/api/v1/namespaces/{{ns}}/{kind.Plural}"])
            {
                var group = routes.MapGroup(prefix).WithTags(kind.Name);
                group.MapGet("", (Caller caller, string? ns, string? @namespace, int? limit, string? @continue, CancellationToken cancellationToken) =>
                    ListAsync(caller, kind, ns is null ? @namespace : RouteValues.Namespace(ns), limit, @continue, cancellationToken)).WithSummary($"{kind.Name} resources of the user");
                group.MapGet("/{name}", (Caller caller, string name, string? ns, string? @namespace, CancellationToken cancellationToken) =>
                    GetAsync(caller, KeyOf(caller, kind, name, ns, @namespace), cancellationToken)).WithSummary($"One {kind.Name}: the user's own, else the public one");
                group.MapDelete("/{name}", (Caller caller, string name, string? ns, string? @namespace, bool? cascade, CancellationToken cancellationToken) =>
                    DeleteAsync(caller, KeyOf(caller, kind, name, ns, @namespace), cascade ?? false, cancellationToken)).WithSummary($"Delete one {kind.Name}");
            }
        }
    }

    private static async Task<IResult> ListAsync(Caller caller, ResourceKind kind, string? namespaceName, int? limit, string? next, CancellationToken cancellationToken)
    {
        var options = new ListOptions { Namespace = namespaceName, Limit = RouteValues.Limit(limit, standard: 500), Continue = next };
        var page = await caller.Resources.ListAsync(kind.Name, options, cancellationToken);
        return Documents.List(kind, page.Items.Select(static item => Encoding.UTF8.GetBytes(item.Json)), page.Version, page.Continue);
    }

    private static async Task<IResult> GetAsync(Caller caller, ResourceKey key, CancellationToken cancellationToken)
    {
        var found = await caller.Resources.FindAsync(key.Kind, key.Name, key.Namespace, cancellationToken) ?? throw NotFound(key);
        return Documents.One(Encoding.UTF8.GetBytes(found.Json));
    }

    private static async Task<IResult> DeleteAsync(Caller caller, ResourceKey key, bool cascade, CancellationToken cancellationToken)
    {
        var deleted = await caller.Resources.DeleteAsync([key], cascade, cancellationToken);
        return deleted.Any(static one => one.Existed) ? Results.NoContent() : throw NotFound(key);
    }

    private static ResourceKey KeyOf(Caller caller, ResourceKind kind, string name, string? ns, string? namespaceName) =>
        new(caller.UserName, ns is null ? namespaceName ?? ObjectMeta.DefaultNamespace : RouteValues.Namespace(ns), kind.Name, name);

    private static NotFoundException NotFound(ResourceKey key) => new("resource.not_found", $"{key} does not exist; the list of its kind shows what does.");
}
