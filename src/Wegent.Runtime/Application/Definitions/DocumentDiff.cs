using System.Text.Json;
using System.Text.Json.Nodes;
using Wegent.Resources.Yaml;
using Wegent.Runtime.Security;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>Which fields differ between two stored documents. What is compared are the stored values, what is shown are the masked ones: so a changed secret is told, and not shown.</summary>
internal static class DocumentDiff
{
    /// <summary>The changed fields, in the order of the documents: the deepest that differ, and whole branches where one side has none.</summary>
    public static IReadOnlyList<FieldChange> Between(string before, string after)
    {
        var changes = new List<FieldChange>();
        Compare(new Side(before), new Side(after), "", changes);
        return changes;
    }

    private static void Compare(Side before, Side after, string path, List<FieldChange> changes)
    {
        switch (before.Value, after.Value)
        {
            case (JsonObject left, JsonObject right):
                foreach (var key in left.Select(static field => field.Key).Union(right.Select(static field => field.Key), StringComparer.Ordinal))
                    Compare(before.Field(key), after.Field(key), path.Length == 0 ? key : SourcePath.Join(path, key), changes);
                break;
            case (JsonArray left, JsonArray right):
                for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
                    Compare(before.Item(i), after.Item(i), $"{path}[{i}]", changes);
                break;
            default:
                if (before.IsThere != after.IsThere || !JsonNode.DeepEquals(before.Value, after.Value))
                    changes.Add(new FieldChange(path, before.Text, after.Text));
                break;
        }
    }

    private readonly struct Side(JsonNode? value, JsonNode? masked, bool isThere)
    {
        public Side(string document)
            : this(JsonNode.Parse(document), JsonNode.Parse(DocumentSecrets.MaskAll(document)), isThere: true)
        {
        }

        public JsonNode? Value => value;

        public bool IsThere => isThere;

        public string? Text => isThere ? JsonSerializer.Serialize(masked, StoredJson.Options) : null;

        public Side Field(string key) => new(value![key], masked![key], value.AsObject().ContainsKey(key));

        public Side Item(int index) => index < value!.AsArray().Count ? new(value[index], masked![index], isThere: true) : default;
    }
}
