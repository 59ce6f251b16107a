using System.Text.Json;
using Microsoft.Extensions.Options;
using Wegent.Agents;
using Wegent.Runtime.Agents.ClaudeCode;
using Wegent.Sandboxes;

namespace Wegent.Runtime.Tests.Agents.ClaudeCode;

public sealed class ClaudeCodeAgentTests
{
    private static readonly SandboxPaths Paths = new("/workspace/7/repo", "/home/agent");

    private static AgentRequest Request { get; } = new()
    {
        TaskId = 7,
        SubtaskId = 9,
        Attempt = 1,
        BotName = "developer",
        Prompt = "Add a \"health\" endpoint\u2028please\n",
        SystemPrompt = "You develop.",
    };

    [Fact]
    public void The_program_is_started_for_a_long_conversation_in_lines_of_json()
    {
        var spec = Prepare(Request);

        Assert.Equal(("run-9-1", "claude", "/workspace/7/repo", false), (spec.Id, spec.Program, spec.WorkingDirectory, spec.CloseInput));
        Assert.Equal(
            ["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose", "--include-partial-messages", "--permission-mode", "bypassPermissions"],
            spec.Arguments.Take(9));
        Assert.Equal("1", spec.Environment["IS_SANDBOX"]);
        Assert.Equal("3", spec.Environment["CLAUDE_CODE_MAX_RETRIES"]);
        Assert.Equal("1", spec.Environment["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"]);
        Assert.Equal("interrupt", JsonDocument.Parse(spec.InterruptLine!).RootElement.GetProperty("request").GetProperty("subtype").GetString());
    }

    [Fact]
    public void The_prompt_is_the_first_line_of_input_and_one_line_to_every_reader()
    {
        var line = Assert.Single(Prepare(Request).InputLines);

        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain('\u2028', line);
        Assert.Equal(Request.Prompt, JsonDocument.Parse(line).RootElement.GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public void A_first_turn_names_its_session_and_a_later_one_resumes_it()
    {
        var first = After(Prepare(Request), "--session-id");

        Assert.True(Guid.TryParseExact(first, "D", out var id) && id.Version == 8);
        Assert.Equal(first, After(Prepare(Request), "--session-id"));
        Assert.NotEqual(first, After(Prepare(Request with { Attempt = 2 }), "--session-id")); // the program refuses an identifier it has used
        Assert.NotEqual(first, After(Prepare(Request with { BotName = "other" }), "--session-id"));

        var resumed = Prepare(Request with { SessionId = "11111111-2222-4333-8444-555555555555" });
        Assert.Equal("11111111-2222-4333-8444-555555555555", After(resumed, "--resume"));
        Assert.DoesNotContain("--session-id", resumed.Arguments);
    }

    [Fact]
    public void The_system_prompt_is_a_file_and_none_when_there_is_none()
    {
        Assert.Equal("You develop.", File(Prepare(Request), "--append-system-prompt-file"));
        Assert.DoesNotContain("--append-system-prompt-file", Prepare(Request with { SystemPrompt = " " }).Arguments);
    }

    [Fact]
    public void Options_become_arguments_and_variables()
    {
        var spec = Prepare(Request, new ClaudeCodeOptions { Program = "/opt/claude", PermissionMode = "plan", MaxRetries = 0, MaxTurns = 12 });

        Assert.Equal("/opt/claude", spec.Program);
        Assert.Equal(("plan", "12"), (After(spec, "--permission-mode"), After(spec, "--max-turns")));
        Assert.Equal("0", spec.Environment["CLAUDE_CODE_MAX_RETRIES"]);
        Assert.False(spec.Environment.ContainsKey("IS_SANDBOX"));
    }

    [Fact]
    public void Upstreams_names_of_model_settings_become_variables()
    {
        var environment = Settings(new()
        {
            ["model"] = "claude",
            ["model_id"] = "my-model",
            ["small_model"] = "my-small",
            ["api_key"] = "sk-1234567890",
            ["base_url"] = "https://models.example.com/anthropic/v1/",
            ["custom_headers"] = """{"x-team": "alpha", "x-user": "bob"}""",
        });

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["ANTHROPIC_API_KEY"] = "sk-1234567890",
                ["ANTHROPIC_AUTH_TOKEN"] = "sk-1234567890",
                ["ANTHROPIC_BASE_URL"] = "https://models.example.com/anthropic",
                ["ANTHROPIC_CUSTOM_HEADERS"] = "x-team: alpha\nx-user: bob",
                ["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = "my-small",
                ["ANTHROPIC_MODEL"] = "my-model",
                ["ANTHROPIC_SMALL_FAST_MODEL"] = "my-small",
            },
            environment);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://api.anthropic.com")]
    [InlineData("https://api.anthropic.com/v1")]
    public void Anthropics_own_service_gets_the_key_as_a_key_alone(string? baseUrl)
    {
        Dictionary<string, string> model = new() { ["api_key"] = "sk-1234567890" };
        if (baseUrl is not null)
            model["base_url"] = baseUrl;

        var environment = Settings(model);

        Assert.Equal("https://api.anthropic.com", environment["ANTHROPIC_BASE_URL"]); // said even so: a repository's settings must not lead the key elsewhere
        Assert.Equal("sk-1234567890", environment["ANTHROPIC_API_KEY"]);
        Assert.False(environment.ContainsKey("ANTHROPIC_AUTH_TOKEN"));
    }

    [Fact]
    public void Plain_variables_pass_and_win()
    {
        var environment = Settings(new()
        {
            ["api_key"] = "from-upstream",
            ["ANTHROPIC_API_KEY"] = "plain",
            ["ANTHROPIC_BASE_URL"] = "https://plain.example.com/v1",
            ["base_url"] = "https://upstream.example.com",
            ["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] = "64000",
            ["somethingElse"] = "ignored",
        });

        Assert.Equal(("plain", "https://plain.example.com", "64000"), (environment["ANTHROPIC_API_KEY"], environment["ANTHROPIC_BASE_URL"], environment["CLAUDE_CODE_MAX_OUTPUT_TOKENS"]));
        Assert.DoesNotContain("somethingElse", environment.Keys);
    }

    [Fact]
    public void Mcp_servers_are_a_file_in_the_programs_own_words()
    {
        var spec = Prepare(Request with
        {
            McpServersJson = """{"files":{"command":"mcp-files","args":["-v"],"env":{"TOKEN":"s3cret"}},"web":{"url":"https://x.example.com/mcp"},"old":{"type":"sse","url":"https://y.example.com"},"new":{"type":"streamable-http","url":"https://z.example.com"}}""",
        });

        Assert.Contains("--strict-mcp-config", spec.Arguments);
        Assert.DoesNotContain(spec.Arguments, argument => argument.Contains("s3cret", StringComparison.Ordinal));
        Assert.Equal(
            """{"mcpServers":{"files":{"command":"mcp-files","args":["-v"],"env":{"TOKEN":"s3cret"}},"web":{"url":"https://x.example.com/mcp","type":"http"},"old":{"type":"sse","url":"https://y.example.com"},"new":{"type":"http","url":"https://z.example.com"}}}""",
            File(spec, "--mcp-config"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{broken")]
    [InlineData("3")]
    public void Mcp_servers_that_are_no_map_are_refused_with_a_way_out(string json)
    {
        var error = Assert.Throws<WegentException>(() => Prepare(Request with { McpServersJson = json }));

        Assert.Equal("agent.mcp_servers_invalid", error.Code);
        Assert.Contains("mcpServers in the Ghost resource", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"mcpServers":{}}""")]
    public void No_mcp_servers_are_no_file(string? json) => Assert.DoesNotContain("--mcp-config", Prepare(Request with { McpServersJson = json }).Arguments);

    [Theory]
    [InlineData("SilenceLimit")]
    [InlineData("PermissionMode")]
    [InlineData("MaxRetries")]
    [InlineData("MaxTurns")]
    public void A_wrong_option_is_named(string name)
    {
        ClaudeCodeOptions options = new();
        switch (name)
        {
            case "SilenceLimit": options.SilenceLimit = TimeSpan.FromSeconds(1); break;
            case "PermissionMode": options.PermissionMode = "yolo"; break;
            case "MaxRetries": options.MaxRetries = 99; break;
            case "MaxTurns": options.MaxTurns = 0; break;
        }

        ValidateOptionsResult[] results = [new ClaudeCodeOptionsAnnotations().Validate(null, options), new ClaudeCodeOptionsRules().Validate(null, options)];

        Assert.Contains(name, Assert.Single(results, result => result.Failed).FailureMessage, StringComparison.Ordinal);
    }

    private static ExecutionSpec Prepare(AgentRequest request, ClaudeCodeOptions? options = null) =>
        new ClaudeCodeAgent(Options.Create(options ?? new ClaudeCodeOptions())).Prepare(request, Paths);

    private static Dictionary<string, string> Settings(Dictionary<string, string> model) => JsonDocument.Parse(File(Prepare(Request with { Model = model }), "--settings"))
        .RootElement.GetProperty("env").EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!);

    private static string File(ExecutionSpec spec, string argument) => Assert.Single(spec.Files, file => file.Path == After(spec, argument)).Content;

    private static string After(ExecutionSpec spec, string argument)
    {
        var at = spec.Arguments.ToList().IndexOf(argument);
        Assert.True(at >= 0, $"no argument {argument}");
        return spec.Arguments[at + 1];
    }
}
