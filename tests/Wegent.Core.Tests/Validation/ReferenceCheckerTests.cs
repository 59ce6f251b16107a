using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Core.Tests.Validation;

public sealed class ReferenceCheckerTests
{
    private const string Bot = """
        apiVersion: agent.wecode.io/v1
        kind: Bot
        metadata: {name: b}
        spec:
          ghostRef: {name: g}
          shellRef: {name: ClaudeCode}

        """;

    private const string Ghost = """
        apiVersion: agent.wecode.io/v1
        kind: Ghost
        metadata: {name: g}
        spec: {systemPrompt: x}

        """;

    [Fact]
    public void Documents_may_refer_to_each_other_in_any_order_and_over_files()
    {
        var set = ResourceSet.Combine([ResourceReader.Read(Bot, "bot.yaml"), ResourceReader.Read(Ghost, "ghost.yaml")]);

        Assert.Empty(ReferenceChecker.Check(set, "alice", BuiltInResources.ByKey));
    }

    [Fact]
    public void Only_what_the_set_does_not_hold_is_looked_up_own_before_public()
    {
        var set = ResourceReader.Read(Bot, "x");

        Assert.Equal(
            [new("alice", "default", "Ghost", "g"), new("system", "default", "Ghost", "g"), new("alice", "default", "Shell", "ClaudeCode"), new("system", "default", "Shell", "ClaudeCode")],
            ReferenceChecker.KeysToLookUp(set, "alice").ToHashSet());
        Assert.DoesNotContain(ReferenceChecker.KeysToLookUp(ResourceReader.Read($"{Bot}---\n{Ghost}", "x"), "alice"), key => key.Kind == "Ghost");
    }

    [Fact]
    public void What_exists_already_counts()
    {
        var existing = new Dictionary<ResourceKey, Resource>(BuiltInResources.ByKey)
        {
            [new("alice", "default", "Ghost", "g")] = Assert.Single(ResourceReader.Read(Ghost, "x").Resources),
        };

        Assert.Empty(ReferenceChecker.Check(ResourceReader.Read(Bot, "x"), "alice", existing));
        Assert.Single(ReferenceChecker.Check(ResourceReader.Read(Bot, "x"), "bob", existing));
    }

    [Fact]
    public void A_public_resource_refers_to_public_ones_only()
    {
        var existing = new Dictionary<ResourceKey, Resource>(BuiltInResources.ByKey)
        {
            [new("alice", "default", "Ghost", "g")] = Assert.Single(ResourceReader.Read(Ghost, "x").Resources),
        };

        Assert.Equal(DiagnosticCodes.NotFound, Assert.Single(ReferenceChecker.Check(ResourceReader.Read(Bot, "x"), ResourceKey.SystemOwner, existing)).Code);
    }

    [Fact]
    public void Offline_a_missing_reference_may_be_a_warning()
    {
        var finding = Assert.Single(ReferenceChecker.Check(ResourceReader.Read(Bot, "x"), "alice", BuiltInResources.ByKey, DiagnosticSeverity.Warning));

        Assert.Equal("x:5:20: warning WG0401: there is no Ghost 'g' in the namespace 'default'", finding.ToString());
    }

    [Fact]
    public void A_document_with_faults_is_still_there_for_the_others()
    {
        var set = ResourceReader.Read($"{Bot}---\n{Ghost.Replace("systemPrompt: x", "systemPrompt: x, skills: 7", StringComparison.Ordinal)}", "x");

        Assert.True(set.HasErrors);
        Assert.Empty(ReferenceChecker.Check(set, "alice", BuiltInResources.ByKey));
    }

    [Fact]
    public void A_broken_reference_is_not_looked_up()
    {
        var set = ResourceReader.Read(Bot.Replace("ghostRef: {name: g}", "ghostRef: g", StringComparison.Ordinal), "x");

        Assert.DoesNotContain(ReferenceChecker.KeysToLookUp(set, "alice"), key => key.Kind == "Ghost");
        Assert.Empty(ReferenceChecker.Check(set, "alice", BuiltInResources.ByKey));
    }

    [Fact]
    public void The_references_of_one_resource_are_listed_with_their_candidates()
    {
        var bot = Assert.Single(ResourceReader.Read(Bot, "x").Resources);

        Assert.Equal(
            ["Ghost/default/g", "Shell/default/ClaudeCode"],
            ReferenceChecker.ReferencesOf(bot, "alice").Select(candidates => candidates[0].ToString()));
    }

    [Fact]
    public void Thousands_of_references_take_no_time_worth_mentioning()
    {
        var bots = string.Join("---\n", Enumerable.Range(0, 2_000).Select(i => Bot.Replace("name: b}", $"name: b{i}}}", StringComparison.Ordinal).Replace("name: g}", $"name: gg{i}}}", StringComparison.Ordinal)));
        var ghosts = string.Join("---\n", Enumerable.Range(0, 2_000).Select(i => Ghost.Replace("name: g}", $"name: g{i}}}", StringComparison.Ordinal)));
        var set = ResourceReader.Read($"{bots}---\n{ghosts}", "x");

        Assert.Equal(2_000, ReferenceChecker.Check(set, "alice", BuiltInResources.ByKey).Count);
    }
}
