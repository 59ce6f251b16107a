using System.Text.Json;
using Wegent.Resources;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>Which resources somebody asked for by selectors. The fields are those of the view: no secret can be found out by asking for it.</summary>
internal sealed class ResourceFilter(string? labelSelector, string? fieldSelector)
{
    private readonly LabelSelector _labels = LabelSelector.Parse(labelSelector);
    private readonly FieldSelector _fields = FieldSelector.Parse(fieldSelector);

    /// <summary>Whether every resource fits.</summary>
    public bool IsEverything => _labels.IsEverything && _fields.IsEverything;

    /// <summary>Whether a resource fits.</summary>
    public bool Fits(ResourceView view)
    {
        if (IsEverything)
            return true;
        using var document = JsonDocument.Parse(view.Json);
        return _labels.Fits(LabelsOf(document.RootElement)) && _fields.Fits(document.RootElement);
    }

    private static Dictionary<string, string>? LabelsOf(JsonElement document) =>
        document.GetProperty("metadata").TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Object
            ? labels.EnumerateObject().ToDictionary(static label => label.Name, static label => label.Value.GetString()!, StringComparer.Ordinal) // labels are texts, by their contract
            : null;
}
