using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent.Validation;

/// <summary>Rules of <see cref="ObjectMeta"/>, and of the names and texts that every kind has.</summary>
internal static class MetadataRules
{
    private const int MaxName = 253;
    private const int MaxLabelKey = 317; // a prefix of 253, a slash, a name of 63, as Kubernetes allows
    private const int MaxLabelValue = 1024;
    private const int MaxAnnotations = 256 * 1024;
    private const int MaxLine = 256;

    /// <summary>The longest prompt, in characters: upstream's own limit.</summary>
    public const int MaxPrompt = 1_000_000;

    public static void Check(ObjectMeta metadata, RuleContext context)
    {
        if (NameFault(metadata.Name) is { } nameFault)
            context.Error(DiagnosticCodes.InvalidName, "metadata.name", $"the name {Suggestions.Quote(metadata.Name)} {nameFault}", "use letters, digits, '-' and '.', such as 'developer-bot'");
        if (NamespaceFault(metadata.Namespace) is { } namespaceFault)
            context.Error(DiagnosticCodes.InvalidNamespace, "metadata.namespace", $"the namespace {Suggestions.Quote(metadata.Namespace)} {namespaceFault}", "use names, joined by '/' where they nest, such as 'team-a/web'");
        Line(metadata.DisplayName, "metadata.displayName", context);
        CheckLabels(metadata, context);
        CheckAnnotations(metadata, context);
    }

    /// <summary>What is wrong with a name, as the end of a sentence; null when nothing is.</summary>
    public static string? NameFault(string name)
    {
        if (name.Length == 0)
            return "is empty";
        if (name.Length > MaxName)
            return $"is longer than {MaxName} characters";
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
                return $"holds the character {Suggestions.Quote(c.ToString())}";
        }
        if (!char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]))
            return "begins or ends with something else than a letter or digit";
        return name.Contains("..", StringComparison.Ordinal) ? "holds two dots in a row" : null;
    }

    /// <summary>What is wrong with a namespace, as the end of a sentence; null when nothing is.</summary>
    public static string? NamespaceFault(string name)
    {
        if (name.Length > MaxName)
            return $"is longer than {MaxName} characters";
        foreach (var part in name.Split('/'))
        {
            if (NameFault(part) is { } fault)
                return part.Length == 0 ? "has an empty part" : fault;
        }
        return null;
    }

    /// <summary>A text that must not be empty.</summary>
    public static void NotEmpty(string text, string path, RuleContext context)
    {
        if (string.IsNullOrWhiteSpace(text))
            context.Error(DiagnosticCodes.EmptyText, path, "the text is empty", "write something, or leave the resource out");
    }

    /// <summary>A text of one line.</summary>
    public static void Line(string? text, string path, RuleContext context)
    {
        if (text is { Length: > MaxLine })
            context.Error(DiagnosticCodes.TooLong, path, $"the text has {text.Length} characters", $"use at most {MaxLine}");
    }

    /// <summary>A prompt.</summary>
    public static void Prompt(string? text, string path, RuleContext context)
    {
        if (text is { Length: > MaxPrompt })
            context.Error(DiagnosticCodes.TooLong, path, $"the text has {text.Length} characters", $"use at most {MaxPrompt}");
    }

    /// <summary>Entries of a list that stand in it twice, or are empty.</summary>
    public static void Distinct(IReadOnlyList<string>? entries, string path, RuleContext context)
    {
        if (entries is null)
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(entries[i]))
                context.Error(DiagnosticCodes.EmptyText, $"{path}[{i}]", "the entry is empty", "remove it");
            else if (!seen.Add(entries[i]))
                context.Warning(DiagnosticCodes.DuplicateEntry, $"{path}[{i}]", $"{Suggestions.Quote(entries[i])} stands in the list twice", "keep one");
        }
    }

    private static void CheckLabels(ObjectMeta metadata, RuleContext context)
    {
        foreach (var (key, value) in metadata.Labels ?? new Dictionary<string, string>())
        {
            if (KeyFault(key) is { } fault)
                context.Error(DiagnosticCodes.InvalidLabel, SourcePath.Join("metadata.labels", key), $"the label's name {Suggestions.Quote(key)} {fault}", "use letters, digits, '-', '_' and '.', with a prefix before '/' if you like");
            if (value.Length > MaxLabelValue || value.AsSpan().ContainsAnyInRange('\0', '\u001f'))
                context.Error(DiagnosticCodes.InvalidLabel, SourcePath.Join("metadata.labels", key), $"the label's value is longer than {MaxLabelValue} characters, or has more than one line", "put long texts into annotations");
        }
    }

    private static void CheckAnnotations(ObjectMeta metadata, RuleContext context)
    {
        var size = 0L;
        foreach (var (key, value) in metadata.Annotations ?? new Dictionary<string, string>())
        {
            if (KeyFault(key) is { } fault)
                context.Error(DiagnosticCodes.InvalidLabel, SourcePath.Join("metadata.annotations", key), $"the annotation's name {Suggestions.Quote(key)} {fault}", "use letters, digits, '-', '_' and '.', with a prefix before '/' if you like");
            size += key.Length + value.Length;
        }
        if (size > MaxAnnotations)
            context.Error(DiagnosticCodes.TooLong, "metadata.annotations", $"the annotations have {size} characters", $"use at most {MaxAnnotations}");
    }

    private static string? KeyFault(string key)
    {
        if (key.Length == 0)
            return "is empty";
        if (key.Length > MaxLabelKey)
            return $"is longer than {MaxLabelKey} characters";
        var name = key[(key.LastIndexOf('/') + 1)..];
        if (name.Length == 0 || !char.IsAsciiLetterOrDigit(name[0]))
            return "does not begin with a letter or digit";
        foreach (var c in key)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '/'))
                return $"holds the character {Suggestions.Quote(c.ToString())}";
        }
        return null;
    }
}
