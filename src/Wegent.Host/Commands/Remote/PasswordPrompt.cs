using System.Text;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>Asks for names and passwords. A password is never an argument: arguments are there for every process to see.</summary>
internal static class PasswordPrompt
{
    public static async Task<string> AskAsync(Terminal terminal, string question, CancellationToken cancellationToken)
    {
        if (!terminal.CanAsk)
            throw new UsageException("There is nobody to ask for the user name; give it with --user.");
        await terminal.Error.WriteAsync(question);
        return await terminal.Input.ReadLineAsync(cancellationToken) is { Length: > 0 } answer ? answer : throw new UsageException("No user name was given.");
    }

    /// <param name="terminal">Where to ask.</param>
    /// <param name="fromInput">Read the first line of the input instead of asking.</param>
    /// <param name="question">What to ask.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<string> ReadAsync(Terminal terminal, bool fromInput, string question, CancellationToken cancellationToken)
    {
        if (fromInput)
            return await terminal.Input.ReadLineAsync(cancellationToken) is { Length: > 0 } line ? line : throw new UsageException("The input holds no password.");
        if (!terminal.CanAsk)
            throw new UsageException("There is nobody to ask for the password; pipe it in with --password-stdin.");
        await terminal.Error.WriteAsync(question);
        var password = new StringBuilder();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = Terminal.ReadKey();
            if (key.Key == ConsoleKey.Enter)
                break;
            if (key.Key == ConsoleKey.Backspace)
                password.Length = Math.Max(0, password.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                password.Append(key.KeyChar);
        }

        await terminal.Error.WriteLineAsync();
        return password.ToString();
    }
}
