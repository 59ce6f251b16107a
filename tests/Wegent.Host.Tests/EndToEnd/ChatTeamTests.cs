using Wegent.Hosting.Tests.Commands;
using Wegent.TestKit.Models;

namespace Wegent.Hosting.Tests.EndToEnd;

/// <summary>A team of models, from the command line to a service on the wire.</summary>
public sealed class ChatTeamTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wegent-chat-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_leader_splits_the_work_and_writes_the_answer_from_what_members_of_another_protocol_found()
    {
        await using var openAI = await FakeOpenAIServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var anthropic = await FakeAnthropicServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        openAI.Enqueue(
            FakeModelTurn.Say("""[{"member":"left","prompt":"Look left."},{"member":"right","prompt":"Look right."}]"""),
            FakeModelTurn.Say("Nothing comes, so go."));
        anthropic.When(request => request.LastUserText == "Look left.", FakeModelTurn.Say("Left is clear."));
        anthropic.When(request => request.LastUserText == "Look right.", FakeModelTurn.Say("Right is clear."));
        File.WriteAllText(Path.Combine(_folder, "team.yaml"), Team(openAI.BaseUrl, anthropic.BaseUrl));

        await using var process = HostProcess.Start(_folder, "run", "team.yaml", "May I cross the street?");
        var (code, output, error) = await process.EndAsync();

        Assert.Equal(("", 0), (error, code));
        Assert.Contains("▌ left · Chat\nLeft is clear.\n", output, StringComparison.Ordinal);
        Assert.Contains("▌ right · Chat\nRight is clear.\n", output, StringComparison.Ordinal);
        Assert.Contains("▌ boss · Chat\nNothing comes, so go.\n", output, StringComparison.Ordinal);
        Assert.Contains("Result of left:\nLeft is clear.\n\nResult of right:\nRight is clear.", openAI.Requests[^1].LastUserText, StringComparison.Ordinal);
    }

    private static string Team(string openAI, string anthropic) =>
        """
        {apiVersion: agent.wecode.io/v1, kind: Ghost, metadata: {name: ghost}, spec: {systemPrompt: Be brief.}}
        ---
        {apiVersion: agent.wecode.io/v1, kind: Shell, metadata: {name: chat}, spec: {shellType: Chat}}
        ---
        {apiVersion: agent.wecode.io/v1, kind: Model, metadata: {name: big}, spec: {protocol: openai, modelConfig: {env: {model_id: big, api_key: sk-1, base_url: "OPENAI"}}}}
        ---
        {apiVersion: agent.wecode.io/v1, kind: Model, metadata: {name: small}, spec: {protocol: claude, modelConfig: {env: {model_id: small, api_key: sk-2, base_url: "ANTHROPIC"}}}}
        ---
        {apiVersion: agent.wecode.io/v1, kind: Bot, metadata: {name: boss}, spec: {ghostRef: {name: ghost}, shellRef: {name: chat}, modelRef: {name: big}}}
        ---
        {apiVersion: agent.wecode.io/v1, kind: Bot, metadata: {name: left}, spec: {ghostRef: {name: ghost}, shellRef: {name: chat}, modelRef: {name: small}}}
        ---
        {apiVersion: agent.wecode.io/v1, kind: Bot, metadata: {name: right}, spec: {ghostRef: {name: ghost}, shellRef: {name: chat}, modelRef: {name: small}}}
        ---
        {apiVersion: agent.wecode.io/v1, kind: Team, metadata: {name: street}, spec: {collaborationModel: coordinate, members: [{botRef: {name: boss}, role: leader}, {botRef: {name: left}}, {botRef: {name: right}}]}}
        """.Replace("OPENAI", openAI, StringComparison.Ordinal).Replace("ANTHROPIC", anthropic, StringComparison.Ordinal);
}
