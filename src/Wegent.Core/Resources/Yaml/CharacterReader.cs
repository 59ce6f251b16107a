namespace Wegent.Resources.Yaml;

/// <summary>Feeds a part of a text to the parser without a copy of it.</summary>
internal sealed class CharacterReader(string text, int start) : TextReader
{
    private int _next = start;

    public override int Read() => _next < text.Length ? text[_next++] : -1;

    public override int Peek() => _next < text.Length ? text[_next] : -1;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        var count = Math.Min(buffer.Length, text.Length - _next);
        text.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }
}
