using System.CommandLine;
using System.Text.Json;

namespace Wegent.Hosting.Commands.Remote;

/// <summary><c>login</c>: signs in to a host and keeps the token for the other commands.</summary>
internal static class LoginCommand
{
    public static Command Create(Terminal terminal)
    {
        var user = new Option<string?>("--user", "-u") { Description = "User name. Default: asked for.", HelpName = "NAME" };
        var fromInput = new Option<bool>("--password-stdin") { Description = "Read the password from the input." };
        var command = new Command("login", "Sign in to a host; the token is kept for the other commands.") { user, fromInput };
        var connection = Connection.AddTo(command, withNamespace: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var server = connection.Server(parsed);
            var name = parsed.GetValue(user) ?? await PasswordPrompt.AskAsync(terminal, $"User name for {server}: ", cancellationToken);
            var password = await PasswordPrompt.ReadAsync(terminal, parsed.GetValue(fromInput), $"Password of {name}: ", cancellationToken);
            using var host = new HostClient(server, null);
            var reply = await host.PostAsync("/api/auth/login", $$"""{"user_name": {{JsonSerializer.Serialize(name)}}, "password": {{JsonSerializer.Serialize(password)}}}""", "application/json", cancellationToken);
            var store = CredentialStore.OfUser();
            store.Save(server, new Credential(name, reply.GetProperty("access_token").GetString()!, TimeProvider.System.GetUtcNow().AddSeconds(reply.GetProperty("expires_in").GetInt32())));
            terminal.Output.WriteLine($"signed in to {server} as {name}; the token is kept in {store.Path}");
            return ExitCodes.Done;
        });
        return command;
    }
}
