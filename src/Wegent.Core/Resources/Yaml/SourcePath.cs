using System.Buffers;
using System.Globalization;
using System.Text;

namespace Wegent.Resources.Yaml;

/// <summary>Paths in a document: <c>spec.members[0].botRef.name</c>, <c>metadata.labels['a.b']</c>.</summary>
internal static class SourcePath
{
    private static readonly SearchValues<char> s_special = SearchValues.Create(".[]' \t");

    /// <summary>A path with a field added.</summary>
    public static string Join(string path, string name) => new StringBuilder(path).AppendField(name).ToString();

    public static StringBuilder AppendField(this StringBuilder path, string name)
    {
        if (IsPlain(name))
            return path.Length == 0 ? path.Append(name) : path.Append('.').Append(name);
        return path.Append("['").Append(name.Replace("'", "''", StringComparison.Ordinal)).Append("']");
    }

    public static StringBuilder AppendItem(this StringBuilder path, int index) => path.Append('[').Append(index).Append(']');

    /// <summary>Takes the first step off a path: a field's name, or an item's index when <paramref name="name"/> is null.</summary>
    /// <returns>False at the end of the path, or where it is none.</returns>
    public static bool TryRead(ref ReadOnlySpan<char> path, out string? name, out int item)
    {
        name = null;
        item = 0;
        if (path.IsEmpty)
            return false;
        if (path.StartsWith("['"))
            return TryReadQuoted(ref path, out name);
        if (path[0] == '[')
        {
            var end = path.IndexOf(']');
            if (end < 0 || !int.TryParse(path[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out item))
                return false;
            path = path[(end + 1)..];
        }
        else
        {
            if (path[0] == '.')
                path = path[1..];
            var end = path.IndexOfAny('.', '[');
            if (end < 0)
                end = path.Length;
            name = path[..end].ToString();
            path = path[end..];
        }
        return true;
    }

    private static bool TryReadQuoted(ref ReadOnlySpan<char> path, out string? name)
    {
        var text = new StringBuilder();
        for (var i = 2; i < path.Length; i++)
        {
            if (path[i] != '\'')
            {
                text.Append(path[i]);
            }
            else if (i + 1 < path.Length && path[i + 1] == '\'')
            {
                text.Append('\'');
                i++;
            }
            else
            {
                name = text.ToString();
                path = path[Math.Min(i + 2, path.Length)..];
                return true;
            }
        }
        name = null;
        return false;
    }

    private static bool IsPlain(string name) => name.Length > 0 && !name.AsSpan().ContainsAny(s_special);
}
