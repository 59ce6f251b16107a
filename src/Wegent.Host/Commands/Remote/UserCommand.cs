using System.CommandLine;
using System.Text.Json;

namespace Wegent.Hosting.Commands.Remote;

/// <summary><c>user</c>: who you are, and for administrators the users of a host.</summary>
internal static class UserCommand
{
    private const string JsonType = "application/json";

    public static Command Create(Terminal terminal) =>
        new("user", "Who you are, and for administrators the users of a host.") { Me(terminal), List(terminal), Add(terminal), Change(terminal), Remove(terminal) };

    private static Command Me(Terminal terminal)
    {
        var command = new Command("me", "Who you are signed in as.");
        var connection = Connection.AddTo(command, withNamespace: false, "table", "json");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            Print(terminal, connection.Format(parsed), [await host.GetAsync("/api/users/me", cancellationToken)]);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "All users.");
        var connection = Connection.AddTo(command, withNamespace: false, "table", "json");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var users = await host.GetAsync("/api/v1/admin/users", cancellationToken);
            Print(terminal, connection.Format(parsed), [.. users.GetProperty("items").EnumerateArray()]);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Add(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "The new user's name." };
        var role = Role();
        var fromInput = new Option<bool>("--password-stdin") { Description = "Read the password from the input. Default: one is made up and shown." };
        var command = new Command("add", "Add a user.") { name, role, fromInput };
        var connection = Connection.AddTo(command, withNamespace: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var password = parsed.GetValue(fromInput) ? await PasswordPrompt.ReadAsync(terminal, fromInput: true, "", cancellationToken) : null;
            var reply = await host.PostAsync("/api/v1/admin/users", Body(("user_name", parsed.GetRequiredValue(name)), ("role", parsed.GetValue(role)), ("password", password)), JsonType, cancellationToken);
            terminal.Output.WriteLine($"user {parsed.GetRequiredValue(name)} added{(Table.At(reply, "password") is { Length: > 0 } made ? $"; password, shown this once: {made}" : "")}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Change(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "The user." };
        var role = Role();
        var fromInput = new Option<bool>("--password-stdin") { Description = "Read a new password from the input; tokens given out before end." };
        var unlock = new Option<bool>("--unlock") { Description = "Let a user in again who was removed." };
        var command = new Command("set", "Change a user's role or password.") { name, role, fromInput, unlock };
        var connection = Connection.AddTo(command, withNamespace: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            var password = parsed.GetValue(fromInput) ? await PasswordPrompt.ReadAsync(terminal, fromInput: true, "", cancellationToken) : null;
            if (password is null && parsed.GetValue(role) is null && !parsed.GetValue(unlock))
                throw new UsageException("Say what to change: --role, --password-stdin or --unlock.");
            var fields = Body(("role", parsed.GetValue(role)), ("password", password));
            await host.SendAsync(HttpMethod.Patch, Address(parsed.GetRequiredValue(name)), parsed.GetValue(unlock) ? fields.Replace("{", fields.Length > 2 ? "{\"is_active\":true," : "{\"is_active\":true", StringComparison.Ordinal) : fields, JsonType, cancellationToken);
            terminal.Output.WriteLine($"user {parsed.GetRequiredValue(name)} changed");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "The user." };
        var command = new Command("remove", "Lock a user out; what is theirs stays.") { name };
        var connection = Connection.AddTo(command, withNamespace: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = connection.Open(parsed);
            await host.SendAsync(HttpMethod.Delete, Address(parsed.GetRequiredValue(name)), null, "", cancellationToken);
            terminal.Output.WriteLine($"user {parsed.GetRequiredValue(name)} locked out");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Option<string?> Role()
    {
        var role = new Option<string?>("--role") { Description = "user or admin.", HelpName = "ROLE" };
        role.AcceptOnlyFromAmong("user", "admin");
        return role;
    }

    private static string Address(string name) => $"/api/v1/admin/users/{Uri.EscapeDataString(name)}";

    private static string Body(params (string Name, string? Value)[] fields) =>
        $"{{{string.Join(",", fields.Where(static field => field.Value is not null).Select(static field => $"\"{field.Name}\":{JsonSerializer.Serialize(field.Value)}"))}}}";

    private static void Print(Terminal terminal, string format, IReadOnlyList<JsonElement> users)
    {
        if (format == "json")
        {
            foreach (var user in users)
                terminal.Output.WriteLine(ResourceOutput.Json(user));
            return;
        }

        var now = TimeProvider.System.GetUtcNow();
        Table.Print(terminal.Output, [["NAME", "ROLE", "ACTIVE", "AGE"], .. users.Select(user => new[] { Table.At(user, "user_name"), Table.At(user, "role"), Table.At(user, "is_active"), Table.Age(Table.At(user, "created_at"), now) })]);
    }
}
