using System.Globalization;
using System.Text.Json;
using Wegent.Hosting.Security;
using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Hosting.Api;

/// <summary>Many resources at once, all or none: YAML streams and JSON lists.</summary>
internal static class ApplyEndpoints
{
    private const string Source = "(body)";

    public static void MapApply(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("/api/v1").WithTags("Apply");
        Map(all, "/apply", ApplyOwnAsync, "Make the store agree with a stream of documents: all or none");
        Map(all, "/namespaces/{ns}/apply", ApplyOwnAsync, "The same; documents without a namespace go into this one");
        Map(all, "/namespaces/{ns}/delete", DeleteAsync, "Delete the resources that a stream of documents names: all or none");
        Map(all, "/admin/public/apply", ApplyPublicAsync, "Apply documents as public resources").WithTags("Administration").RequireAuthorization(SecurityServices.AdminsOnly);
    }

    private static RouteHandlerBuilder Map(RouteGroupBuilder group, string pattern, Delegate handler, string summary) =>
        group.MapPost(pattern, handler).Accepts<string>("application/yaml", "application/json", RequestBody.AnyType).WithSummary(summary);

    private static Task<IResult> ApplyOwnAsync(HttpContext context, Caller caller, [AsParameters] ApplyParameters parameters) =>
        ApplyAsync(context, caller.Resources, parameters);

    private static Task<IResult> ApplyPublicAsync(HttpContext context, Caller caller, [AsParameters] ApplyParameters parameters) =>
        ApplyAsync(context, caller.Wegent.For(ResourceKey.SystemOwner).Resources, parameters);

    private static async Task<IResult> ApplyAsync(HttpContext context, IResourceClient resources, ApplyParameters parameters)
    {
        var options = parameters.ToOptions(Source);
        var result = await resources.ApplyAsync(await RequestBody.ReadTextAsync(context.Request), options, context.RequestAborted);
        return Reply(result, options.DryRun);
    }

    /// <summary>What an apply did, on the wire.</summary>
    public static IResult Reply(ApplyResult result, bool dryRun) => Documents.Written(writer => WriteApplied(writer, result, dryRun));

    private static async Task<IResult> DeleteAsync(HttpContext context, Caller caller, string ns, bool? cascade, bool? dryRun)
    {
        var space = RouteValues.Namespace(ns);
        var set = ResourceReader.Read(await RequestBody.ReadTextAsync(context.Request), Source, new ReaderOptions { DefaultNamespace = space });

        // To delete, a document needs its identity only: whatever else is wrong with it does not matter any more.
        var keys = new List<ResourceKey>();
        foreach (var document in set.Documents)
        {
            if (document is not { Kind: { } kind, Name: { } name } || !ResourceKinds.TryGet(kind, out _))
                throw new InvalidResourcesException(set.Diagnostics);
            keys.Add(new ResourceKey(caller.UserName, document.Namespace ?? space, kind, name));
        }

        if (keys.Count == 0)
            throw set.HasErrors ? new InvalidResourcesException(set.Diagnostics) : new InvalidRequestException("The body names no resource; send YAML or JSON documents with kind and metadata.name.");
        var deleted = await caller.Resources.DeleteAsync(keys, new DeleteOptions { Cascade = cascade ?? false, DryRun = dryRun ?? false }, context.RequestAborted);
        return Documents.Written(writer => WriteDeleted(writer, deleted));
    }

    private static void WriteApplied(Utf8JsonWriter writer, ApplyResult result, bool dryRun)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, true);
        writer.WriteString("message"u8, MessageFor(result, dryRun));
        writer.WriteStartArray("results"u8);
        foreach (var applied in result.Resources)
        {
            WriteIdentity(writer, applied.Key, Word(applied.Operation));
            writer.WriteString("resourceVersion"u8, applied.Resource.Stored.Version.ToString(CultureInfo.InvariantCulture));
            if (applied.Operation == ApplyOperation.Configured)
                writer.WriteChanges(applied.Changes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteResources(writer, "created", result, ApplyOperation.Created);
        WriteResources(writer, "updated", result, ApplyOperation.Configured);
        WriteResources(writer, "unchanged", result, ApplyOperation.Unchanged);
        WriteResources(writer, "pruned", result, ApplyOperation.Pruned);
        writer.WriteStartArray("errors"u8);
        writer.WriteEndArray();
        writer.WritePropertyName("warnings"u8);
        JsonSerializer.Serialize(writer, Finding.From([.. result.Diagnostics.Where(static finding => finding.Severity == DiagnosticSeverity.Warning)]), ApiJson.Readable.IReadOnlyListFinding);
        writer.WriteEndObject();
    }

    private static void WriteResources(Utf8JsonWriter writer, string name, ApplyResult result, ApplyOperation operation)
    {
        writer.WriteStartArray(name);
        foreach (var applied in result.Resources.Where(applied => applied.Operation == operation))
            writer.WriteRawValue(applied.Resource.Json, skipInputValidation: true);
        writer.WriteEndArray();
    }

    private static void WriteDeleted(Utf8JsonWriter writer, IReadOnlyList<DeletedResource> deleted)
    {
        var gone = deleted.Where(static one => one.Existed).ToList();
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, true);
        writer.WriteString("message"u8, $"{gone.Count} deleted, {deleted.Count - gone.Count} not there");
        writer.WriteStartArray("results"u8);
        foreach (var one in deleted)
        {
            WriteIdentity(writer, one.Key, one.Existed ? "deleted" : "not_found");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("deleted"u8);
        foreach (var one in gone)
        {
            WriteIdentity(writer, one.Key, null);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("errors"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter writer, ResourceKey key, string? operation)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, key.Kind);
        writer.WriteString("namespace"u8, key.Namespace);
        writer.WriteString("name"u8, key.Name);
        if (operation is not null)
            writer.WriteString("operation"u8, operation);
    }

    private static string MessageFor(ApplyResult result, bool dryRun)
    {
        var pruned = Count(ApplyOperation.Pruned);
        var counts = $"{Count(ApplyOperation.Created)} created, {Count(ApplyOperation.Configured)} configured, {Count(ApplyOperation.Unchanged)} unchanged{(pruned > 0 ? $", {pruned} pruned" : "")}";
        return dryRun ? counts + " (dry run: nothing was written)" : counts;

        int Count(ApplyOperation operation) => result.Resources.Count(applied => applied.Operation == operation);
    }

    private static string Word(ApplyOperation operation) => operation switch
    {
        ApplyOperation.Created => "created",
        ApplyOperation.Configured => "configured",
        ApplyOperation.Pruned => "pruned",
        _ => "unchanged",
    };
}
