namespace Wegent.Hosting.Commands.Running;

/// <summary>A file in a git diff, and how many lines came and went.</summary>
internal sealed record FileChange(string Path, int Added, int Removed)
{
    private const string Header = "diff --git a/";

    public static IReadOnlyList<FileChange> ReadAll(string diff)
    {
        var changes = new List<FileChange>();
        foreach (var line in diff.Split('\n'))
        {
            if (line.StartsWith(Header, StringComparison.Ordinal))
                changes.Add(new FileChange(line[(line.LastIndexOf(" b/", StringComparison.Ordinal) + 3)..].TrimEnd('\r'), 0, 0));
            else if (changes.Count == 0 || line.StartsWith("+++", StringComparison.Ordinal) || line.StartsWith("---", StringComparison.Ordinal))
                continue;
            else if (line.StartsWith('+'))
                changes[^1] = changes[^1] with { Added = changes[^1].Added + 1 };
            else if (line.StartsWith('-'))
                changes[^1] = changes[^1] with { Removed = changes[^1].Removed + 1 };
        }

        return changes;
    }
}
