using System.Text;
using Microsoft.Net.Http.Headers;
using Wegent.Hosting.Security;
using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Hosting.Api;

/// <summary>What can be done with the resources of one kind.</summary>
/// <param name="kind">The kind.</param>
/// <param name="resources">Whose resources a caller means.</param>
internal sealed class ResourceHandlers(ResourceKind kind, Func<Caller, IResourceClient> resources)
{
    private const string Source = "(body)";
    private const int MaxWarnings = 20;

    public ResourceKind Kind => kind;

    public async Task<IResult> ListAsync(Caller caller, [AsParameters] ListParameters parameters, CancellationToken cancellationToken)
    {
        if (parameters.Watch ?? false)
            return new WatchStream(kind, resources(caller), parameters);
        var page = await resources(caller).ListAsync(kind.Name, parameters.ToOptions(), cancellationToken);
        return Documents.List(kind, page.Items.Select(static item => Encoding.UTF8.GetBytes(item.Json)), page.Version, page.Continue);
    }

    public async Task<IResult> GetAsync(HttpContext context, Caller caller, string name, string? ns, string? @namespace)
    {
        var key = KeyOf(name, ns, @namespace);
        var found = await resources(caller).FindAsync(kind.Name, name, key.Namespace, context.RequestAborted) ?? throw NotFound(key);
        var tag = EntityTag.Of(found);
        return EntityTag.IsKnown(context.Request, tag) ? Documents.NotModified(tag) : Documents.One(Encoding.UTF8.GetBytes(found.Json), tag: tag);
    }

    public async Task<IResult> CreateAsync(HttpContext context, Caller caller, string? ns, string? @namespace, bool? dryRun, bool? strict)
    {
        var options = OptionsOf(ns, @namespace, dryRun, strict) with { Mode = ApplyMode.Create };
        return await ApplyAsync(context, caller, null, options);
    }

    public async Task<IResult> ReplaceAsync(HttpContext context, Caller caller, string name, string? ns, string? @namespace, bool? dryRun, bool? strict)
    {
        var options = OptionsOf(ns, @namespace, dryRun, strict) with
        {
            Mode = EntityTag.MustBeNew(context.Request) ? ApplyMode.Create : EntityTag.MustExist(context.Request) ? ApplyMode.Replace : ApplyMode.CreateOrReplace,
            ExpectedVersion = EntityTag.ExpectedVersion(context.Request),
        };
        return await ApplyAsync(context, caller, KeyOf(name, ns, @namespace), options);
    }

    public async Task<IResult> PatchAsync(HttpContext context, Caller caller, string name, string? ns, string? @namespace, bool? dryRun, bool? strict)
    {
        if (!RequestBody.IsJson(context.Request))
            throw new WegentException("request.media_type", $"This takes Content-Type: application/merge-patch+json, not '{context.Request.ContentType}'.");
        var options = OptionsOf(ns, @namespace, dryRun, strict) with { ExpectedVersion = EntityTag.ExpectedVersion(context.Request) };
        return Reply(context, await resources(caller).PatchAsync(kind.Name, name, await RequestBody.ReadTextAsync(context.Request), options, context.RequestAborted));
    }

    public async Task<IResult> DeleteAsync(HttpContext context, Caller caller, string name, string? ns, string? @namespace, bool? cascade, bool? dryRun)
    {
        var key = KeyOf(name, ns, @namespace);
        var options = new DeleteOptions { Cascade = cascade ?? false, DryRun = dryRun ?? false, ExpectedVersion = EntityTag.ExpectedVersion(context.Request) };
        var deleted = await resources(caller).DeleteAsync([key], options, context.RequestAborted);
        return deleted.Any(static one => one.Existed) ? Results.NoContent() : throw NotFound(key);
    }

    public async Task<IResult> ListRevisionsAsync(Caller caller, string name, string? ns, string? @namespace, int? limit, CancellationToken cancellationToken)
    {
        var key = KeyOf(name, ns, @namespace);
        var revisions = await resources(caller).ListRevisionsAsync(kind.Name, name, key.Namespace, limit is null or (>= 1 and <= 999) ? limit ?? 10 : throw new InvalidRequestException($"limit is {limit}; it may be 1 to 999."), cancellationToken);
        return RevisionDocuments.List(revisions);
    }

    public async Task<IResult> UndoAsync(HttpContext context, Caller caller, string name, string? ns, string? @namespace, long? to, bool? dryRun)
    {
        var undone = await resources(caller).UndoAsync(kind.Name, name, KeyOf(name, ns, @namespace).Namespace, to, dryRun ?? false, context.RequestAborted);
        return Documents.One(Encoding.UTF8.GetBytes(undone.Resource.Json), tag: EntityTag.Of(undone.Resource));
    }

    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="key">The resource that the address names; null when it names none.</param>
    /// <param name="options">How to apply.</param>
    private async Task<IResult> ApplyAsync(HttpContext context, Caller caller, ResourceKey? key, ApplyOptions options)
    {
        var body = await RequestBody.ReadTextAsync(context.Request);
        CheckIdentity(ResourceReader.Read(body, Source, new ReaderOptions { DefaultNamespace = options.Namespace }), key, options.Namespace);
        return Reply(context, await resources(caller).ApplyAsync(body, options, context.RequestAborted));
    }

    private void CheckIdentity(ResourceSet set, ResourceKey? key, string namespaceName)
    {
        if (set.Documents is not [var document])
        {
            if (set.Documents.Count == 0 && set.HasErrors)
                throw new InvalidResourcesException(set.Diagnostics);
            throw new InvalidRequestException($"The body holds {set.Documents.Count} documents; this takes one {kind.Name}. POST /api/v1/apply takes many.");
        }

        if (document.Kind is { } other && other != kind.Name && ResourceKinds.TryGet(other, out var meant))
            throw new InvalidRequestException($"The body is a {other}, and this address is for {kind.Name}; use /api/v1/{meant.Plural}.");
        if (key is { } wanted && document.Name is { } name && name != wanted.Name)
            throw new InvalidRequestException($"The body's metadata.name is '{name}', and the address names '{wanted.Name}'.");
        if (document.Namespace is { } space && space != namespaceName)
            throw new InvalidRequestException($"The body's metadata.namespace is '{space}', and the address means '{namespaceName}'.");
    }

    private IResult Reply(HttpContext context, ApplyResult result)
    {
        var applied = result.Resources[0];
        foreach (var warning in result.Diagnostics.Where(static finding => finding.Severity == DiagnosticSeverity.Warning).Take(MaxWarnings))
            context.Response.Headers.Append(HeaderNames.Warning, $"299 - \"{Plain(warning.ToString())}\"");
        var isCreated = applied.Operation == ApplyOperation.Created;
        if (isCreated)
            context.Response.Headers.Location = $"/api/v1/namespaces/{Uri.EscapeDataString(applied.Key.Namespace)}/{kind.Plural}/{applied.Key.Name}";
        return Documents.One(Encoding.UTF8.GetBytes(applied.Resource.Json), isCreated ? StatusCodes.Status201Created : StatusCodes.Status200OK, EntityTag.Of(applied.Resource));
    }

    private static ApplyOptions OptionsOf(string? ns, string? namespaceName, bool? dryRun, bool? strict) => new()
    {
        FileName = Source,
        Namespace = RouteValues.Namespace(ns, namespaceName),
        DryRun = dryRun ?? false,
        Strict = strict ?? false,
    };

    private ResourceKey KeyOf(string name, string? ns, string? namespaceName) => new("", RouteValues.Namespace(ns, namespaceName), kind.Name, name);

    // A header is a line of printable ASCII.
    private static string Plain(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = source[i] is >= ' ' and <= '~' and not '"' and not '\\' ? source[i] : source[i] == '"' ? '\'' : '?';
    });

    private static NotFoundException NotFound(ResourceKey key) => new("resource.not_found", $"{key} does not exist; the list of its kind shows what does.");
}
