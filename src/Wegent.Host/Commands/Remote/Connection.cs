using System.CommandLine;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>The options that say which host is meant, and how what it says is shown.</summary>
internal sealed class Connection
{
    private const string ServerVariable = "WEGENT_SERVER";
    private const string TokenVariable = "WEGENT_TOKEN";

    private readonly Option<string?> _server = new("--server", "-s") { Description = $"The host. Default: {ServerVariable}, else the one signed in to last, else {ServerOptions.DefaultUrl}.", HelpName = "URL" };

    private readonly Option<string?> _namespace = new("--namespace", "-n") { Description = "The namespace. Default: default; lists show all.", HelpName = "NAMESPACE" };

    private readonly Option<string> _output;

    private Connection(params string[] formats)
    {
        _output = new("--output", "-o") { Description = $"How to show it: {string.Join(", ", formats)}.", HelpName = "FORMAT", DefaultValueFactory = _ => formats[0] };
        _output.AcceptOnlyFromAmong(formats);
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="withNamespace">Whether a namespace can be meant.</param>
    /// <param name="formats">The formats of its output, the default one first; none when there is no choice.</param>
    public static Connection AddTo(Command command, bool withNamespace, params string[] formats)
    {
        var connection = new Connection(formats.Length == 0 ? ["table"] : formats);
        command.Add(connection._server);
        if (withNamespace)
            command.Add(connection._namespace);
        if (formats.Length > 0)
            command.Add(connection._output);
        return connection;
    }

    /// <summary>The namespace; null when none is named.</summary>
    public string? Namespace(ParseResult parsed) => parsed.GetValue(_namespace);

    /// <summary>The format of the output.</summary>
    public string Format(ParseResult parsed) => parsed.GetValue(_output)!; // it has a default

    /// <summary>Address of the host, without a slash at its end.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public string Server(ParseResult parsed)
    {
        var server = parsed.GetValue(_server) ?? NotEmpty(ServerVariable) ?? CredentialStore.OfUser().LastServer ?? ServerOptions.DefaultUrl;
        return Uri.TryCreate(server, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address.GetLeftPart(UriPartial.Path).TrimEnd('/')
            : throw new UsageException($"'{server}' is not the address of a host; write it as http://127.0.0.1:8000.");
    }

    /// <summary>A client of the host, with the user's token if there is one.</summary>
    public HostClient Open(ParseResult parsed)
    {
        var server = Server(parsed);
        return new HostClient(server, NotEmpty(TokenVariable) ?? CredentialStore.OfUser().FindToken(server, TimeProvider.System.GetUtcNow()));
    }

    private static string? NotEmpty(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
