using Wegent.Agents;
using Wegent.Runtime.Agents;

namespace Wegent.Runtime.Tests.Agents;

public sealed class SecretRedactorTests
{
    [Theory]
    [InlineData("api_key", "sk-123456", "sk-123456")]
    [InlineData("ANTHROPIC_AUTH_TOKEN", "token-123", "token-123")]
    [InlineData("api_key", "with \"quotes\" in it", "with \\\"quotes\\\" in it")]
    [InlineData("custom_headers", "X-Team: alpha-team\nX-Api-Key: header-secret", "header-secret")]
    [InlineData("custom_headers", """{"Authorization": "Bearer header-secret"}""", "header-secret")]
    [InlineData("base_url", "https://me:pass-word@x.example.com/v1", "pass-word")]
    public void A_secret_setting_of_the_model_is_masked(string name, string value, string secret) =>
        Assert.Equal("<***>", Redactor(new() { [name] = value }).Redact($"<{secret}>"));

    [Theory]
    [InlineData("model_id", "claude-opus-4-8")]
    [InlineData("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "128000")]
    [InlineData("custom_headers", "X-Team: alpha-team")]
    [InlineData("base_url", "https://x.example.com/v1")]
    [InlineData("api_key", "none")]
    public void What_is_no_secret_stays(string name, string value) => Assert.Equal(value, Redactor(new() { [name] = value }).Redact(value));

    [Theory]
    [InlineData("""{"x":{"env":{"GITHUB_TOKEN":"ghp_short1"}}}""", "ghp_short1")]
    [InlineData("""{"x":{"env":{"OPAQUE":"a1b2c3d4e5f6a7b8c9d0e1"}}}""", "a1b2c3d4e5f6a7b8c9d0e1")]
    [InlineData("""{"x":{"headers":{"Authorization":"Bearer abcdefgh"}}}""", "abcdefgh")]
    [InlineData("""{"x":{"url":"https://x.example.com/mcp?k=a1b2c3d4e5f6a7b8c9d0e1"}}""", "a1b2c3d4e5f6a7b8c9d0e1")]
    [InlineData("""{"x":{"args":["--verbose","a1b2c3d4e5f6a7b8c9d0e1"]}}""", "a1b2c3d4e5f6a7b8c9d0e1")]
    public void A_secret_of_an_mcp_server_is_masked(string servers, string secret) => Assert.Equal("<***>", Redactor([], servers).Redact($"<{secret}>"));

    [Fact]
    public void Plain_settings_of_an_mcp_server_stay()
    {
        var redactor = Redactor([], """{"files":{"command":"/usr/local/bin/mcp-server-files2024","args":["/workspace/some/long/path/1"],"env":{"LOG_LEVEL":"verbose"},"url":"https://x.example.com/mcp"}}""");

        Assert.Equal("/usr/local/bin/mcp-server-files2024 verbose /workspace/some/long/path/1", redactor.Redact("/usr/local/bin/mcp-server-files2024 verbose /workspace/some/long/path/1"));
    }

    [Fact]
    public void The_longer_of_two_secrets_is_masked_whole() =>
        Assert.Equal("***", Redactor(new() { ["api_key"] = "secret-1", ["OTHER_KEY"] = "secret-1-and-more" }).Redact("secret-1-and-more"));

    [Fact]
    public void Text_in_pieces_gives_the_same_as_the_whole_text()
    {
        var redactor = Redactor(new() { ["api_key"] = "aab-aab-aac" });
        for (var seed = 0; seed < 500; seed++)
        {
            Random random = new(seed);
            var text = string.Concat(Enumerable.Range(0, 12).Select(_ => random.Next(4) switch { 0 => "aab-aab-aac", 1 => "aab-", 2 => "aab-aab-", _ => "x" }));
            RedactedStream stream = new(redactor);
            var streamed = "";
            for (var at = 0; at < text.Length;)
            {
                var length = Math.Min(random.Next(1, 6), text.Length - at);
                streamed += stream.Append(text.Substring(at, length));
                Assert.DoesNotContain("aab-aab-aac", streamed, StringComparison.Ordinal);
                at += length;
            }

            Assert.Equal(redactor.Redact(text), streamed + stream.Flush());
        }
    }

    private static SecretRedactor Redactor(Dictionary<string, string> model, string? servers = null) => SecretRedactor.For(new AgentRequest
    {
        TaskId = 1,
        SubtaskId = 1,
        Attempt = 1,
        BotName = "bot",
        Prompt = "",
        SystemPrompt = "",
        Model = model,
        McpServersJson = servers,
    });
}
