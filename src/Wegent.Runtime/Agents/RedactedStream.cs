namespace Wegent.Runtime.Agents;

/// <summary>Masks secrets in text that arrives in pieces: holds back an end that may be the start of a secret until it is known to be none.</summary>
internal sealed class RedactedStream(SecretRedactor redactor)
{
    private string _held = "";

    /// <summary>Takes a piece in, and gives what can be shown by now; may be empty.</summary>
    public string Append(string piece)
    {
        var text = redactor.Redact(_held + piece);
        var held = redactor.PossibleStart(text);
        _held = text[^held..];
        return text[..^held];
    }

    /// <summary>Gives what was held back: no more is coming.</summary>
    public string Flush()
    {
        var text = _held;
        _held = "";
        return text;
    }
}
