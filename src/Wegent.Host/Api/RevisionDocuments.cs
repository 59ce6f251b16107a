using System.Globalization;

namespace Wegent.Hosting.Api;

/// <summary>Shows what a resource was before.</summary>
internal static class RevisionDocuments
{
    public static IResult List(IReadOnlyList<Revision> revisions) => Documents.Written(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "RevisionList");
        writer.WriteStartArray("items"u8);
        foreach (var revision in revisions)
        {
            writer.WriteStartObject();
            writer.WriteString("resourceVersion"u8, revision.Version.ToString(CultureInfo.InvariantCulture));
            writer.WriteNumber("generation"u8, revision.Resource.Stored.Generation);
            writer.WriteString("time"u8, revision.Resource.Stored.UpdatedAt);
            writer.WriteBoolean("current"u8, revision.IsCurrent);
            writer.WriteChanges(revision.Changes);
            writer.WritePropertyName("resource"u8);
            writer.WriteRawValue(revision.Resource.Json, skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
