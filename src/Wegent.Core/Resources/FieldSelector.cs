using System.Text.Json;

namespace Wegent.Resources;

/// <summary>Which values fields of a resource must have: <c>metadata.name=web,spec.shellType!=Demo</c>. Any field that is no list and no mapping can be named.</summary>
/// <remarks>All parts must hold. A field that is not there is the empty text.</remarks>
public sealed class FieldSelector
{
    private readonly IReadOnlyList<(string[] Path, string Value, bool IsNegated)> _requirements;

    private FieldSelector(IReadOnlyList<(string[] Path, string Value, bool IsNegated)> requirements) => _requirements = requirements;

    /// <summary>The selector that every resource fits.</summary>
    public static FieldSelector Everything { get; } = new([]);

    /// <summary>Whether every resource fits.</summary>
    public bool IsEverything => _requirements.Count == 0;

    /// <summary>Reads a selector.</summary>
    /// <param name="text">The selector; null or empty is <see cref="Everything"/>.</param>
    /// <exception cref="WegentException"><c>list.bad_selector</c>: it is none.</exception>
    public static FieldSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;

        var requirements = new List<(string[], string, bool)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var isNegated = equals > 0 && part[equals - 1] == '!';
            var path = equals < 0 ? "" : part[..(isNegated ? equals - 1 : equals)].Trim();
            var segments = path.Split('.');
            if (equals < 0 || segments.Any(static segment => segment.Length == 0))
                throw new WegentException("list.bad_selector", $"The field selector cannot be read at '{part}'. Write it as metadata.name=web,spec.shellType!=Demo.");
            var value = part[(equals + 1)..];
            requirements.Add((segments, (value.StartsWith('=') ? value[1..] : value).Trim(), isNegated));
        }

        return new FieldSelector(requirements);
    }

    /// <summary>Whether a document fits.</summary>
    /// <param name="document">The resource as JSON, with what the server sets.</param>
    public bool Fits(JsonElement document)
    {
        foreach (var (path, value, isNegated) in _requirements)
        {
            if (isNegated == (ValueAt(document, path) == value))
                return false;
        }

        return true;
    }

    private static string ValueAt(JsonElement element, string[] path)
    {
        foreach (var segment in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(segment, out element))
                return "";
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
            _ => "",
        };
    }
}
