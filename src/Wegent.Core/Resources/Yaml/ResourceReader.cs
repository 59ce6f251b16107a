using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Wegent.Validation;

namespace Wegent.Resources.Yaml;

/// <summary>Reads resources from YAML or JSON, and reports everything that is wrong with them at once: syntax, structure, and the rules of each kind.</summary>
/// <remarks>
/// Takes streams of several documents, JSON (which is YAML), a list of resources, and lists of kind <c>List</c> or <c>GhostList</c>
/// with <c>items</c>. Whether references lead anywhere is <see cref="ReferenceChecker"/>'s business, which sees the whole set and
/// what exists already. Never throws for what stands in the text.
/// </remarks>
public static class ResourceReader
{
    private static readonly JsonWriterOptions s_writerOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly string[] s_kindNames = [.. ResourceKinds.All.Select(static kind => kind.Name)];

    // Kinds of the upstream system that this one has no use for: a clearer answer than "unknown".
    private static readonly string[] s_foreignKinds = ["Retriever", "KnowledgeBase", "Device", "Subscription"];

    /// <summary>Reads text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="fileName">Name for the findings, such as <c>bot.yaml</c>.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <returns>Every document, with all findings.</returns>
    public static ResourceSet Read(string text, string fileName, ReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(fileName);
        options ??= ReaderOptions.Default;
        var findings = new DiagnosticBag(fileName, options.MaxFindings);
        return Read(SourceText.Create(text, options, findings), findings);
    }

    /// <summary>Reads UTF-8, with or without byte order mark.</summary>
    /// <param name="utf8">YAML or JSON.</param>
    /// <param name="fileName">Name for the findings, such as <c>bot.yaml</c>.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <returns>Every document, with all findings.</returns>
    public static ResourceSet ReadUtf8(ReadOnlySpan<byte> utf8, string fileName, ReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        options ??= ReaderOptions.Default;
        var findings = new DiagnosticBag(fileName, options.MaxFindings);
        return Read(SourceText.Create(utf8, options, findings), findings);
    }

    private static ResourceSet Read(SourceText? source, DiagnosticBag findings)
    {
        if (source is null)
            return new([], findings.ToSorted());

        var options = source.Options;
        var documents = new List<ResourceDocument>();
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, s_writerOptions);
        var stream = new YamlStreamReader(source, findings);
        while (stream.Read() is { } tree)
        {
            foreach (var root in RootsOf(tree))
            {
                if (documents.Count >= options.MaxDocuments)
                {
                    findings.Error(DiagnosticCodes.TooManyDocuments, tree.PositionOf(root), "", $"more than {options.MaxDocuments} resources in one input", "apply it in several parts");
                    return new(documents, findings.ToSorted());
                }
                buffer.ResetWrittenCount();
                writer.Reset();
                documents.Add(ReadDocument(tree, stream.Origin, root, findings, buffer, writer));
            }
        }
        return new(documents, findings.ToSorted());
    }

    private static ResourceDocument ReadDocument(SourceTree tree, DocumentOrigin origin, int root, DiagnosticBag findings, ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer)
    {
        var options = origin.Source.Options;
        var errorsBefore = findings.Errors;
        Resource? draft = null;
        IReadOnlyList<string> broken = [];
        if (FindKind(tree, root, findings) is { } kind)
        {
            var structure = new StructureChecker(tree, findings, options.Strict);
            structure.Check(root, Contract.For(kind.Type), writer);
            writer.Flush();
            broken = structure.Broken;
            draft = Bind(kind, buffer.WrittenSpan, tree, root, findings);
            if (draft is not null && options.DefaultNamespace != ObjectMeta.DefaultNamespace && !NamesNamespace(tree, root))
                draft = draft with { Metadata = draft.Metadata with { Namespace = options.DefaultNamespace } };
        }

        var document = new ResourceDocument(findings.File, origin, tree, root, draft, tree.Sound, broken);
        if (draft is not null)
            ResourceRules.Check(draft, new RuleContext(document, findings, options));
        document.Complete(isSound: tree.Sound && findings.Errors == errorsBefore);
        return document;
    }

    private static ResourceKind? FindKind(SourceTree tree, int root, DiagnosticBag findings)
    {
        if (tree[tree.Resolve(root)].Kind != SourceNodeKind.Mapping)
        {
            findings.Error(DiagnosticCodes.NotAResource, tree.PositionOf(root), "", "a resource is a mapping with apiVersion, kind, metadata and spec", null);
            return null;
        }

        CheckApiVersion(tree, root, findings);
        var key = tree.FindKey(root, "kind");
        if (key < 0)
        {
            var hint = tree.FindKey(root, "Kind") >= 0 ? "did you mean the field 'kind', in small letters?" : $"use one of: {string.Join(", ", s_kindNames)}";
            findings.Error(DiagnosticCodes.MissingField, tree.PositionOf(root), "kind", "missing field 'kind'", hint);
            return null;
        }

        var name = tree.FindText(root, "kind");
        if (name is not null && ResourceKinds.TryGet(name, out var kind))
            return kind;
        var at = tree.PositionOf(tree.Next(key));
        if (name is null)
            findings.Error(DiagnosticCodes.WrongType, at, "kind", "the kind must be a text", $"use one of: {string.Join(", ", s_kindNames)}");
        else if (name.Length == 0)
            findings.Error(DiagnosticCodes.MissingField, tree.PositionOf(key), "kind", "the field 'kind' has no value", $"use one of: {string.Join(", ", s_kindNames)}");
        else if (s_foreignKinds.Contains(name, StringComparer.Ordinal))
            findings.Error(DiagnosticCodes.UnknownKind, at, "kind", $"the kind '{name}' is not supported", "leave the document out");
        else
            findings.Error(DiagnosticCodes.UnknownKind, at, "kind", $"unknown kind {Suggestions.Quote(name)}", Suggestions.OneOf(name, s_kindNames));
        return null;
    }

    private static void CheckApiVersion(SourceTree tree, int root, DiagnosticBag findings)
    {
        var key = tree.FindKey(root, "apiVersion");
        var version = tree.FindText(root, "apiVersion");
        if (key < 0)
            findings.Error(DiagnosticCodes.MissingField, tree.PositionOf(root), "apiVersion", "missing field 'apiVersion'", $"write apiVersion: {ResourceKinds.ApiVersion}");
        else if (version is { Length: 0 })
            findings.Error(DiagnosticCodes.MissingField, tree.PositionOf(key), "apiVersion", "the field 'apiVersion' has no value", $"write apiVersion: {ResourceKinds.ApiVersion}");
        else if (version is not null && version != ResourceKinds.ApiVersion) // a list or a mapping is found by its shape
            findings.Error(DiagnosticCodes.UnknownApiVersion, tree.PositionOf(tree.Next(key)), "apiVersion", $"unknown apiVersion {Suggestions.Quote(version)}", $"write {ResourceKinds.ApiVersion}");
    }

    private static Resource? Bind(ResourceKind kind, ReadOnlySpan<byte> json, SourceTree tree, int root, DiagnosticBag findings)
    {
        try
        {
            return (Resource?)JsonSerializer.Deserialize(json, kind.Contract);
        }
        catch (JsonException error)
        {
            // The structure check answers for everything the contract says; what it let through is refused all the same, only less precisely.
            findings.Error(DiagnosticCodes.WrongType, tree.PositionOf(root), error.Path?.TrimStart('$', '.') ?? "", "a value does not fit the kind's contract", null);
            return null;
        }
    }

    private static bool NamesNamespace(SourceTree tree, int root)
    {
        var metadata = tree.FindKey(root, "metadata");
        return metadata >= 0 && !string.IsNullOrEmpty(tree.FindText(tree.Next(metadata), "namespace"));
    }

    // A document is one resource, a list of them, or a list in an envelope, as `get -o yaml` prints it.
    private static List<int> RootsOf(SourceTree tree)
    {
        var list = -1;
        if (tree[0].Kind == SourceNodeKind.Sequence)
        {
            list = 0;
        }
        else if (tree.FindText(0, "kind") is { } kind && kind.EndsWith("List", StringComparison.Ordinal) && tree.FindKey(0, "items") is var items and >= 0)
        {
            var value = tree.Resolve(tree.Next(items));
            if (tree[value].Kind == SourceNodeKind.Sequence)
                list = value;
        }

        if (list < 0)
            return [0];
        var roots = new List<int>();
        for (var item = list + 1; item < tree[list].End; item = tree.Next(item))
            roots.Add(item);
        return roots;
    }
}
