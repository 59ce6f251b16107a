using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Wegent.Architecture.Tests;

/// <summary>The repository's source files, as text: what a rule about folders and usings is about.</summary>
internal static partial class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>Source files below a folder of <c>src</c>, with the namespaces each imports.</summary>
    public static IEnumerable<SourceFile> Files(string folder = "")
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Root, "src", folder), "*.cs", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(Path.Combine(Root, "src"), path).Replace('\\', '/');
            if (!relative.Split('/').Any(part => part is "bin" or "obj"))
                yield return new SourceFile(relative, [.. Using().Matches(File.ReadAllText(path)).Select(match => match.Groups["name"].Value)]);
        }
    }

    private static string FindRoot([CallerFilePath] string path = "")
    {
        var folder = Directory.GetParent(path);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Wegent.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Wegent.sln is in no folder above this file.");
    }

    [GeneratedRegex(@"^\s*(global )?using (static )?(\w+ = )?(?<name>[A-Za-z_][\w.]*);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Using();
}

/// <summary>A source file.</summary>
/// <param name="Path">Relative to <c>src</c>, with forward slashes.</param>
/// <param name="Imports">What it imports.</param>
internal sealed record SourceFile(string Path, IReadOnlyList<string> Imports)
{
    public bool ImportsBelow(string ns) => Imports.Any(import => import == ns || import.StartsWith(ns + ".", StringComparison.Ordinal));
}
