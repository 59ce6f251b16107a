using System.Text;

namespace Wegent.Hosting.Commands;

/// <summary>Where commands write: plain text in a pipe or with <c>NO_COLOR</c>, colour where a person looks on.</summary>
internal sealed class Terminal
{
    private Terminal(TextReader input, TextWriter output, TextWriter error, bool isInteractive, bool hasColour, bool canAsk)
    {
        Input = input;
        Output = output;
        Error = error;
        IsInteractive = isInteractive;
        HasColour = hasColour;
        CanAsk = canAsk;
    }

    public TextReader Input { get; }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>Whether a person sees the output as it comes.</summary>
    public bool IsInteractive { get; }

    /// <summary>Whether the output understands colours, and the user wants them.</summary>
    public bool HasColour { get; }

    /// <summary>Whether there is someone to answer a question.</summary>
    public bool CanAsk { get; }

#pragma warning disable RS0030 // the one place of the host that talks to the terminal
    public static Terminal Open()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var isInteractive = !Console.IsOutputRedirected && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        var hasColour = isInteractive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

        // Unlike the console's own writer, this one writes when it is told to: a chunk at a time, not a character.
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), bufferSize: 4096) { AutoFlush = false };
        return new Terminal(Console.In, output, Console.Error, isInteractive, hasColour, isInteractive && !Console.IsInputRedirected);
    }

    /// <summary>Waits for a key, and does not show it.</summary>
    public static ConsoleKeyInfo ReadKey() => Console.ReadKey(intercept: true);
#pragma warning restore RS0030

    /// <summary>A line for the person at the terminal, beside the output.</summary>
    public void Say(string line)
    {
        Output.Flush();
        Error.WriteLine(line);
    }

    /// <summary>Says why it does not go on.</summary>
    public void Fail(string reason) => Say($"{Styled("error:", Style.Failure)} {reason}");

    /// <summary>Text in a style, where there are styles.</summary>
    public string Styled(string text, Style style) => HasColour && text.Length > 0 ? $"\e[{(int)style}m{text}\e[0m" : text;
}

/// <summary>Styles of text, by their number in the terminal's language (ECMA-48, SGR).</summary>
internal enum Style
{
    Heading = 1,
    Quiet = 2,
    Failure = 31,
    Success = 32,
    Warning = 33,
    Accent = 36,
}
