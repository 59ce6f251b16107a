using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Wegent.Resources.Yaml;

/// <summary>JSON as block-style YAML: two spaces a level, long texts as literal blocks, quotes where a plain text could mean something else to any reader.</summary>
internal sealed class YamlTextWriter(StringBuilder output)
{
    // YAML 1.1 readers take these for booleans; 1.2 readers for text. In quotes they are text to both.
    private static readonly SearchValues<string> s_words = SearchValues.Create(
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _-./:@+=(),;!?$%&*'#<>|{}[]~^");

    public void WriteDocument(JsonElement element)
    {
        WriteValue(element, indent: 0, isInline: false);
        if (output.Length > 0 && output[^1] != '\n')
            output.Append('\n');
    }

    /// <param name="element">The value.</param>
    /// <param name="indent">Column of its lines.</param>
    /// <param name="isInline">Whether the value's first line goes on where "- " ends.</param>
    private void WriteValue(JsonElement element, int indent, bool isInline)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.EnumerateObject().MoveNext():
                foreach (var property in element.EnumerateObject())
                {
                    Indent(isInline ? 0 : indent);
                    isInline = false;
                    WriteField(property.Name, property.Value, indent);
                }
                break;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                foreach (var item in element.EnumerateArray())
                {
                    Indent(isInline ? 0 : indent);
                    isInline = false;
                    output.Append("- ");
                    WriteValue(item, indent + 2, isInline: true);
                    EndLine();
                }
                break;
            default:
                WriteScalar(element, indent);
                break;
        }
    }

    private void WriteField(string name, JsonElement value, int indent)
    {
        const int LongestSimpleKey = 500; // YAML allows 1024 characters, escapes included

        var isExplicit = name.Length > LongestSimpleKey;
        if (isExplicit)
        {
            output.Append("? ");
            WriteText(name, -1);
            EndLine();
            Indent(indent);
            output.Append(':');
        }
        else
        {
            WriteText(name, -1);
            output.Append(':');
        }

        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().MoveNext())
        {
            output.Append('\n');
            WriteValue(value, indent + 2, isInline: false);
        }
        else if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
        {
            output.Append('\n');
            WriteValue(value, indent, isInline: false); // items stand below the key, as kubectl prints them
        }
        else
        {
            output.Append(' ');
            WriteScalar(value, indent + 2);
        }
        EndLine();
    }

    private void WriteScalar(JsonElement element, int indent)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                WriteText(element.GetString()!, indent);
                break;
            case JsonValueKind.Object:
                output.Append("{}");
                break;
            case JsonValueKind.Array:
                output.Append("[]");
                break;
            default:
                output.Append(element.GetRawText());
                break;
        }
    }

    /// <param name="text">The text.</param>
    /// <param name="indent">Column of the lines of a literal block; negative where none may stand.</param>
    private void WriteText(string text, int indent)
    {
        if (IsPlain(text))
            output.Append(text);
        else if (indent >= 0 && IsLiteral(text))
            WriteLiteral(text, indent);
        else
            WriteQuoted(text);
    }

    private void WriteLiteral(string text, int indent)
    {
        var content = text.AsSpan().TrimEnd('\n');
        output.Append((text.Length - content.Length) switch { 0 => "|-", 1 => "|", _ => "|+" }).Append('\n');
        foreach (var range in content.Split('\n'))
        {
            var line = content[range];
            if (!line.IsEmpty)
            {
                Indent(indent);
                output.Append(line);
            }
            output.Append('\n');
        }
        if (text.Length - content.Length > 1)
            output.Append('\n', text.Length - content.Length - 1);
    }

    private void WriteQuoted(string text)
    {
        output.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"':
                    output.Append("\\\"");
                    break;
                case '\\':
                    output.Append(@"\\");
                    break;
                case '\n':
                    output.Append(@"\n");
                    break;
                case '\r':
                    output.Append(@"\r");
                    break;
                case '\t':
                    output.Append(@"\t");
                    break;
                default:
                    if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF')
                        output.Append($"\\u{(int)c:X4}");
                    else
                        output.Append(c);
                    break;
            }
        }
        output.Append('"');
    }

    private void Indent(int columns) => output.Append(' ', columns);

    private void EndLine()
    {
        if (output[^1] != '\n')
            output.Append('\n');
    }

    // Narrow on purpose: a text that begins with a letter, '/', '_' or '.', and holds nothing that ends a plain scalar.
    private static bool IsPlain(string text)
    {
        if (text.Length == 0 || text.Length > 500 || !(char.IsLetter(text[0]) || text[0] is '/' or '_' or '.'))
            return false;
        if (text[^1] is ' ' or ':' || text.Contains(": ", StringComparison.Ordinal) || text.Contains(" #", StringComparison.Ordinal))
            return false;
        if (text.Contains(" *", StringComparison.Ordinal))
            return false; // YamlDotNet takes no quoted key after a plain one that holds it
        foreach (var c in text)
        {
            if (!s_plain.Contains(c) && !char.IsLetter(c))
                return false;
        }
        if (text[0] == '.' && (YamlScalar.TryFloat(text, out _) || text.Length < 5 || text.StartsWith("...", StringComparison.Ordinal)))
            return false; // .5, .inf, .nan, and the end of a document
        return !s_words.Contains(text);
    }

    // A block gives its text back character by character, as long as its first line does not begin with a space and nothing in it needs an escape.
    private static bool IsLiteral(string text)
    {
        if (!text.Contains('\n', StringComparison.Ordinal) || text[0] is ' ' or '\n' or '\t')
            return false;
        var wasBreak = false;
        foreach (var c in text)
        {
            if ((char.IsControl(c) && c is not ('\n' or '\t')) || (wasBreak && c == '\t') || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF')
                return false;
            wasBreak = c == '\n';
        }
        return true;
    }
}
