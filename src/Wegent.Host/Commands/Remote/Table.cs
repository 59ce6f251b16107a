using System.Globalization;
using System.Text.Json;
using Wegent.Resources;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>Resources as rows for a person.</summary>
internal static class Table
{
    /// <summary>The columns of a kind beside name, status and age: a heading and where the value stands.</summary>
    private static readonly Dictionary<string, (string Heading, string Path)[]> s_columns = new(StringComparer.Ordinal)
    {
        [ResourceKinds.Bot] = [("GHOST", "spec.ghostRef.name"), ("SHELL", "spec.shellRef.name"), ("MODEL", "spec.modelRef.name")],
        [ResourceKinds.Team] = [("WAY", "spec.collaborationModel"), ("MEMBERS", "spec.members")],
        [ResourceKinds.Shell] = [("TYPE", "spec.shellType")],
        [ResourceKinds.Model] = [("TYPE", "spec.modelType"), ("MODEL", "spec.modelConfig.env.model_id")],
        [ResourceKinds.Workspace] = [("REPOSITORY", "spec.repository.gitUrl"), ("BRANCH", "spec.repository.branchName")],
        [ResourceKinds.Collaboration] = [("TYPE", "spec.type")],
        [ResourceKinds.Skill] = [("VERSION", "spec.version")],
        [ResourceKinds.Task] = [("ID", "status.taskId"), ("TEAM", "spec.teamRef.name"), ("PROGRESS", "status.progress"), ("TITLE", "spec.title")],
    };

    public static void Print(TextWriter output, ResourceKind kind, IReadOnlyList<JsonElement> items, bool withNamespace)
    {
        var columns = s_columns.GetValueOrDefault(kind.Name) ?? [];
        List<string[]> rows = [[.. withNamespace ? ["NAMESPACE"] : Array.Empty<string>(), "NAME", .. columns.Select(static column => column.Heading), "STATUS", "AGE"]];
        var now = TimeProvider.System.GetUtcNow();
        foreach (var item in items)
        {
            rows.Add([
                .. withNamespace ? [At(item, "metadata.namespace") is { Length: > 0 } space ? space : ObjectMeta.DefaultNamespace] : Array.Empty<string>(),
                At(item, "metadata.name"),
                .. columns.Select(column => At(item, column.Path)),
                At(item, kind.Name == ResourceKinds.Task ? "status.status" : "status.state"),
                Age(At(item, "metadata.creationTimestamp"), now),
            ]);
        }

        Print(output, rows);
    }

    /// <summary>Rows in columns, the first row the headings.</summary>
    public static void Print(TextWriter output, IReadOnlyList<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(string.Concat(row.Select((cell, column) => column == row.Length - 1 ? cell : cell.PadRight(widths[column] + 3))).TrimEnd());
    }

    /// <summary>A value of a document as text; of a list, how many it holds; empty when it is not there.</summary>
    public static string At(JsonElement element, string path)
    {
        foreach (var segment in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(segment, out element))
                return "";
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => Line(element.GetString()!),
            JsonValueKind.Array => element.GetArrayLength().ToString(CultureInfo.InvariantCulture),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
            _ => "",
        };
    }

    /// <summary>How long ago a time was, in two signs or three.</summary>
    public static string Age(string time, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then))
            return "";
        var age = now - then;
        return age.TotalMinutes < 1 ? $"{Math.Max(0, (int)age.TotalSeconds)}s" : age.TotalHours < 1 ? $"{(int)age.TotalMinutes}m" : age.TotalDays < 1 ? $"{(int)age.TotalHours}h" : $"{(int)age.TotalDays}d";
    }

    // A cell is one short line, and does not steer the terminal.
    private static string Line(string text)
    {
        const int longest = 60;
        var line = string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));
        return line.Length <= longest ? line : line[..(longest - 1)] + "…";
    }
}
