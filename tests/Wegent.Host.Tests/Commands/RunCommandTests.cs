using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Wegent.Hosting.Tests.Commands;

/// <summary><c>run</c> as a process: what it prints, how it ends, and that it leaves nothing behind.</summary>
public sealed partial class RunCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wegent-run-test-").FullName;
    private readonly Dictionary<string, string> _environment;

    public RunCommandTests()
    {
        var temporary = Directory.CreateDirectory(Path.Combine(_folder, "tmp")).FullName;
        _environment = new() { ["TMPDIR"] = temporary };
        File.WriteAllText(Path.Combine(_folder, "team.yaml"), TestHost.Team.Replace("Puppet", "Demo", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_team_answers_in_plain_text_and_nothing_is_left()
    {
        await using var process = Start("team.yaml", "Add a health endpoint");
        var (code, output, error) = await process.EndAsync();
        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.StartsWith("team · 1 bot\n", output, StringComparison.Ordinal);
        Assert.Contains("▌ bot · Demo\n", output, StringComparison.Ordinal);
        Assert.Contains("demo agent", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
        Assert.Matches(LastLine(), output);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Every_event_is_a_line_of_JSON_when_asked_for()
    {
        await using var process = Start("team.yaml", "hello", "--json");
        var (code, output, _) = await process.EndAsync();
        Assert.Equal(0, code);
        var events = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(static e => e.GetProperty("seq").GetInt32()));
        Assert.Equal("task:created", events[0].GetProperty("event").GetString());
        Assert.Equal("COMPLETED", events[^1].GetProperty("data").GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_interrupt_cancels_the_task_cleans_up_and_is_130()
    {
        await using var process = Start("team.yaml", "hello");
        await process.UntilAsync(static line => line.StartsWith('▌'));
        process.Signal("INT");
        var (code, output, error) = await process.EndAsync();
        Assert.True(code == 130, output + error);
        Assert.Contains("CANCELLED", output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task A_task_that_fails_is_1_with_the_reason_on_the_error_output()
    {
        File.WriteAllText(Path.Combine(_folder, "claude.yaml"), TestHost.Team.Replace("Puppet", "ClaudeCode", StringComparison.Ordinal));
        _environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
        _environment["Wegent__Executor__Runtime"] = "Docker";
        _environment["Wegent__Scheduler__MaxAttempts"] = "1";
        await using var process = Start("claude.yaml", "hello");
        var (code, output, error) = await process.EndAsync();
        Assert.True(code == 1, output + error);
        Assert.Contains("error: ", error, StringComparison.Ordinal);
        Assert.Contains("engine", error, StringComparison.Ordinal);
        Assert.Contains("FAILED", output, StringComparison.Ordinal);
        Assert.Contains("exit 1", output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task A_file_that_is_wrong_is_1_and_shows_where()
    {
        File.WriteAllText(Path.Combine(_folder, "team.yaml"), TestHost.Team.Replace("name: ghost }, shellRef", "name: gost }, shellRef", StringComparison.Ordinal).Replace("Puppet", "Demo", StringComparison.Ordinal));
        await using var process = Start("team.yaml", "hello");
        var (code, output, error) = await process.EndAsync();
        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Contains("there is no Ghost 'gost'", error, StringComparison.Ordinal);
        Assert.Contains('^', error);
    }

    [Theory]
    [InlineData("team.yaml")]
    [InlineData("team.yaml", "team.yaml")]
    [InlineData("nothing.yaml", "hello")]
    [InlineData("team.yaml", "hello", "--team", "nobody")]
    [InlineData("team.yaml", "hello", "--workspace", "nowhere")]
    [InlineData("none.yaml", "hello")]
    [InlineData("team.yaml", "more.yaml", "hello")]
    public async Task Wrong_usage_is_2_and_says_what_to_do(params string[] arguments)
    {
        File.WriteAllText(Path.Combine(_folder, "none.yaml"), "apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: { name: g }\nspec: { systemPrompt: x }\n");
        File.WriteAllText(Path.Combine(_folder, "more.yaml"), "apiVersion: agent.wecode.io/v1\nkind: Team\nmetadata: { name: second }\nspec: { collaborationModel: solo, members: [ { botRef: { name: bot } } ] }\n");
        await using var process = Start(arguments);
        var (code, output, error) = await process.EndAsync();
        Assert.True(code == 2, output + error);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("1", false)]
    public async Task Colour_is_for_terminals_and_for_those_who_want_it(string? noColour, bool coloured)
    {
        if (!File.Exists("/usr/bin/script"))
            Assert.Skip("There is no /usr/bin/script to make a terminal with.");
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", $"dotnet {Path.Combine(AppContext.BaseDirectory, "Wegent.Host.dll")} run team.yaml hello", "/dev/null"])
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["TMPDIR"] = _environment["TMPDIR"];
        start.Environment.Remove("NO_COLOR");
        if (noColour is not null)
            start.Environment["NO_COLOR"] = noColour;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("COMPLETED", output, StringComparison.Ordinal);
        Assert.Equal(coloured, output.Contains("\e[32m", StringComparison.Ordinal));
        Assert.Equal(coloured, output.Contains("\e[1m", StringComparison.Ordinal));
    }

    private HostProcess Start(params string[] arguments) => HostProcess.Start(_folder, _environment, ["run", .. arguments]);

    private void AssertNothingLeft() => Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "tmp"), "wegent*"));

    [GeneratedRegex(@"\nCOMPLETED · \d+\.\d s · \d+ tokens in, \d+ out · exit 0\n$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LastLine();
}
