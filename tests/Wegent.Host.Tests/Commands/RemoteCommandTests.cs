using System.Text.Json;

namespace Wegent.Hosting.Tests.Commands;

/// <summary>The command line against a host: as processes, the way people use it.</summary>
public sealed class RemoteCommandTests : IAsyncLifetime
{
    private const string Ghost = "apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: { name: g, labels: { tier: web } }\nspec: { systemPrompt: one }\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("wegent-remote-").FullName;
    private readonly Dictionary<string, string> _environment;
    private TestHost _host = null!;

    public RemoteCommandTests() => _environment = new() { ["XDG_CONFIG_HOME"] = Path.Combine(_folder, "config"), ["WEGENT_TOKEN"] = "", ["WEGENT_SERVER"] = "" };

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        _environment["WEGENT_SERVER"] = _host.Address.ToString();
        File.WriteAllText(Path.Combine(_folder, "ghost.yaml"), Ghost);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Signing_in_keeps_a_token_that_only_the_user_can_read()
    {
        var (code, _, error) = await RunAsync(null, "get", "ghosts");
        Assert.Equal(1, code);
        Assert.Contains("wegent login", error, StringComparison.Ordinal);

        await using (var login = HostProcess.Start(_folder, _environment, "login", "--user", "admin", "--password-stdin"))
        {
            await login.WriteAsync("wrong password\n");
            Assert.Equal(1, (await login.EndAsync()).Code);
        }

        await SignInAsync();
        var file = Path.Combine(_folder, "config", "wegent", "credentials.json");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain(TestHost.AdminPassword, File.ReadAllText(file), StringComparison.Ordinal);

        // The host signed in to last is meant when none is named.
        _environment["WEGENT_SERVER"] = "";
        Assert.Contains("admin", (await RunAsync(0, "user", "me")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_applied_compared_planned_shown_and_deleted()
    {
        await SignInAsync();
        Assert.Equal("ghost/g created\n", (await RunAsync(0, "apply", "-f", "ghost.yaml")).Output);
        Assert.Equal("ghost/g unchanged\n", (await RunAsync(0, "apply", "-f", "ghost.yaml", "--prune", "site")).Output);

        File.WriteAllText(Path.Combine(_folder, "ghost.yaml"), Ghost.Replace("one", "two", StringComparison.Ordinal));
        var diff = await RunAsync(0, "diff", "-f", "ghost.yaml");
        Assert.Contains("spec.systemPrompt", diff.Output, StringComparison.Ordinal);
        Assert.Contains("- \"one\"", diff.Output, StringComparison.Ordinal);
        Assert.Contains("+ \"two\"", diff.Output, StringComparison.Ordinal);
        await RunAsync(1, "diff", "-f", "ghost.yaml", "--exit-code");

        Assert.Contains("1 to change", (await RunAsync(0, "plan", "-f", "ghost.yaml", "--out", "my.plan")).Output, StringComparison.Ordinal);
        Assert.Equal("ghost/g configured\n", (await RunAsync(0, "apply", "--plan", "my.plan")).Output);
        Assert.Contains("Something moved", (await RunAsync(1, "apply", "--plan", "my.plan")).Error, StringComparison.Ordinal);

        Assert.StartsWith("NAMESPACE   NAME   STATUS      AGE\ndefault     g      Available   ", (await RunAsync(0, "get", "ghosts")).Output, StringComparison.Ordinal);
        Assert.Equal("ghost/g\n", (await RunAsync(0, "get", "ghosts", "-l", "tier=web", "-o", "name")).Output);
        Assert.Contains("no ghosts", (await RunAsync(0, "get", "ghosts", "-n", "elsewhere")).Error, StringComparison.Ordinal);
        Assert.Equal("two", JsonDocument.Parse((await RunAsync(0, "get", "ghost/g", "-o", "json")).Output).RootElement.GetProperty("spec").GetProperty("systemPrompt").GetString());
        Assert.Contains("  systemPrompt: two\n", (await RunAsync(0, "get", "ghost", "g", "-o", "yaml")).Output, StringComparison.Ordinal);
        Assert.Contains("revisions, newest first", (await RunAsync(0, "describe", "ghost", "g")).Output, StringComparison.Ordinal);

        Assert.Contains("(current)", (await RunAsync(0, "rollout", "history", "ghost/g")).Output, StringComparison.Ordinal);
        Assert.Contains("is back", (await RunAsync(0, "rollout", "undo", "ghost/g")).Output, StringComparison.Ordinal);
        Assert.Contains("systemPrompt: one", (await RunAsync(0, "get", "ghost/g", "-o", "yaml")).Output, StringComparison.Ordinal);

        Assert.Equal("ghost/g deleted\n", (await RunAsync(0, "delete", "ghost/g")).Output);
        Assert.Contains("does not exist", (await RunAsync(1, "delete", "ghost/g")).Error, StringComparison.Ordinal);
        Assert.Contains("does not exist", (await RunAsync(1, "get", "ghost/g")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_host_finds_is_shown_in_the_lines_of_the_files()
    {
        await SignInAsync();
        Directory.CreateDirectory(Path.Combine(_folder, "many"));
        File.WriteAllText(Path.Combine(_folder, "many", "a.yaml"), "\uFEFF" + Ghost.Replace("name: g,", "name: ghost,", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(_folder, "many", "b.yaml"), "apiVersion: agent.wecode.io/v1\r\nkind: Bot\r\nmetadata: { name: b }\r\nspec:\r\n  ghostRef: { name: ghots }\r\n");

        var (_, output, error) = await RunAsync(1, "apply", "-f", "many");

        Assert.Equal("", output);
        Assert.Contains("b.yaml:5:21: error WG0401: there is no Ghost 'ghots'", error, StringComparison.Ordinal);
        Assert.Contains("    5 |   ghostRef: { name: ghots }", error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'ghost'?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_tells_what_happens_and_an_interrupt_is_130()
    {
        await SignInAsync();
        await RunAsync(0, "apply", "-f", "ghost.yaml");
        await using var watch = HostProcess.Start(_folder, _environment, "watch", "ghosts");
        Assert.StartsWith("ADDED    ghost/g in default", await watch.UntilAsync(static _ => true), StringComparison.Ordinal);
        await RunAsync(0, "delete", "ghost/g");
        Assert.StartsWith("DELETED  ghost/g in default", await watch.UntilAsync(static _ => true), StringComparison.Ordinal);
        watch.Signal("INT");
        Assert.Equal(130, (await watch.EndAsync()).Code);
    }

    [Fact]
    public async Task Tasks_are_listed_followed_and_deleted()
    {
        await SignInAsync();
        using var admin = await _host.SignInWithTeamAsync();
        var task = await TestHost.SubmitAsync(admin, "say hello");
        var followed = await RunAsync(0, "logs", $"{task}", "-f");
        Assert.Contains("▌ bot", followed.Output, StringComparison.Ordinal);
        Assert.Contains("say hello", (await RunAsync(0, "get", "tasks")).Output, StringComparison.Ordinal);
        Assert.Contains("COMPLETED", (await RunAsync(0, "get", "task", $"{task}")).Output, StringComparison.Ordinal);
        Assert.Contains("has no output", (await RunAsync(1, "logs", $"{task}")).Error, StringComparison.Ordinal);
        Assert.Equal($"task/{task} deleted\n", (await RunAsync(0, "delete", "task", $"{task}")).Output);
    }

    [Fact]
    public async Task Users_are_managed_by_administrators()
    {
        await SignInAsync();
        Assert.Contains("password, shown this once: ", (await RunAsync(0, "user", "add", "carla")).Output, StringComparison.Ordinal);
        Assert.Contains("carla", (await RunAsync(0, "user", "list")).Output, StringComparison.Ordinal);
        await RunAsync(0, "user", "set", "carla", "--role", "admin");
        await RunAsync(0, "user", "remove", "carla");
        await RunAsync(0, "user", "set", "carla", "--unlock");
        Assert.Matches("carla +admin +true", (await RunAsync(0, "user", "list")).Output);
    }

    [Theory]
    [InlineData("apply")]
    [InlineData("apply", "-f", "nothing.yaml")]
    [InlineData("get", "nonsense")]
    [InlineData("get", "ghosts", "-o", "xml")]
    [InlineData("get", "ghosts", "--server", "nonsense")]
    [InlineData("delete")]
    [InlineData("rollout", "undo", "ghosts")]
    [InlineData("user", "set", "carla")]
    [InlineData("login", "--user", "admin")]
    [InlineData("explain", "Teem.spec")]
    [InlineData("schema", "Teem")]
    public async Task Wrong_usage_is_2(params string[] arguments) =>
        Assert.StartsWith("error: ", (await RunAsync(2, arguments)).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_host_that_does_not_answer_is_1_and_says_what_to_do()
    {
        var (_, _, error) = await RunAsync(1, "get", "ghosts", "--server", "http://127.0.0.1:1");
        Assert.Contains("wegent serve", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schemas_and_explanations_need_no_host()
    {
        _environment["WEGENT_SERVER"] = "http://127.0.0.1:1";
        Assert.Equal("Team", JsonDocument.Parse((await RunAsync(0, "schema", "team")).Output).RootElement.GetProperty("title").GetString());
        Assert.Equal("Wegent resource", JsonDocument.Parse((await RunAsync(0, "schema")).Output).RootElement.GetProperty("title").GetString());
        var (_, output, _) = await RunAsync(0, "explain", "Team.spec.members");
        Assert.StartsWith("Team.spec.members  list of objects, required\n\n  The members, in pipeline order; at least one.\n", output, StringComparison.Ordinal);
        Assert.Contains("botRef", output, StringComparison.Ordinal);
        Assert.Contains("example\n  members:\n    - ", output, StringComparison.Ordinal);
    }

    private async Task SignInAsync()
    {
        await using var login = HostProcess.Start(_folder, _environment, "login", "--user", "admin", "--password-stdin");
        await login.WriteAsync(TestHost.AdminPassword + "\n");
        var (code, output, error) = await login.EndAsync();
        Assert.True(code == 0, output + error);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(int? expected, params string[] arguments)
    {
        await using var process = HostProcess.Start(_folder, _environment, arguments);
        await process.WriteAsync("");
        var result = await process.EndAsync();
        Assert.True(expected is null || result.Code == expected, $"{string.Join(' ', arguments)}: {result.Code}\n{result.Output}{result.Error}");
        return result;
    }
}
