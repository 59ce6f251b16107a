using System.Text.Json;
using Wegent.Resources;

namespace Wegent.Core.Tests.Resources;

public sealed class ResourceJsonTests
{
    [Fact]
    public void A_resource_is_written_in_the_order_people_expect_and_without_nulls()
    {
        var bot = new BotResource
        {
            Metadata = new() { Name = "developer-bot" },
            Spec = new() { GhostRef = new() { Name = "developer-ghost" } },
        };

        Assert.Equal(
            """{"apiVersion":"agent.wecode.io/v1","kind":"Bot","metadata":{"name":"developer-bot","namespace":"default"},"spec":{"ghostRef":{"name":"developer-ghost","namespace":"default"}}}""",
            ResourceJson.ToJson(bot));
    }

    [Fact]
    public void Unknown_fields_survive_at_every_level()
    {
        const string Json = """{"apiVersion":"agent.wecode.io/v1","kind":"Team","metadata":{"name":"t","namespace":"a/b","zone":1},"spec":{"members":[{"botRef":{"name":"b","namespace":"default","extra":[1,2]},"colour":"red"}],"collaborationModel":"pipeline","future":{"deep":null}},"later":true}""";

        var team = Assert.IsType<TeamResource>(ResourceJson.FromJson("Team", Json));

        Assert.Equal(Json, ResourceJson.ToJson(team));
    }

    [Fact]
    public void Names_keep_upstreams_exceptions_to_camel_case()
    {
        const string Json = """{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"g","namespace":"default"},"spec":{"systemPrompt":"übung","skills":["a","b"],"preload_skills":["a"],"skill_refs":{"a":{"skill_id":7,"namespace":"default","is_public":true}}}}""";

        var ghost = Assert.IsType<GhostResource>(ResourceJson.FromJson("Ghost", Json));

        Assert.Equal(["a"], ghost.Spec.PreloadSkills);
        Assert.Equal(7, ghost.Spec.SkillRefs!["a"].SkillId);
        Assert.Equal(Json, ResourceJson.ToJson(ghost));
    }

    [Theory]
    [InlineData("solo", CollaborationModel.Solo)]
    [InlineData("pipeline", CollaborationModel.Pipeline)]
    [InlineData("route", CollaborationModel.Route)]
    [InlineData("coordinate", CollaborationModel.Coordinate)]
    [InlineData("collaborate", CollaborationModel.Collaborate)]
    public void Collaboration_models_go_by_their_upstream_names(string wire, CollaborationModel model)
    {
        var team = (TeamResource)ResourceJson.FromJson("Team", $$$"""{"metadata":{"name":"t"},"spec":{"members":[],"collaborationModel":"{{{wire}}}"}}""");

        Assert.Equal(model, team.Spec.CollaborationModel);
        Assert.Contains($"\"collaborationModel\":\"{wire}\"", ResourceJson.ToJson(team), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_required_field_does_not_bind()
    {
        Assert.Throws<JsonException>(() => ResourceJson.FromJson("Bot", """{"metadata":{"name":"b"},"spec":{}}"""));
    }

    [Fact]
    public void Every_kind_has_a_contract_and_is_found_by_name_and_plural()
    {
        Assert.Equal(9, ResourceKinds.All.Count);
        foreach (var kind in ResourceKinds.All)
        {
            Assert.Equal(kind.Type, kind.Contract.Type);
            Assert.True(ResourceKinds.TryGet(kind.Name, out var byName));
            Assert.True(ResourceKinds.TryGetByPlural(kind.Plural, out var byPlural));
            Assert.Same(kind, byName);
            Assert.Same(kind, byPlural);
        }
    }

    [Fact]
    public void A_key_is_printed_as_kind_namespace_name()
    {
        Assert.Equal("Bot/default/developer-bot", new ResourceKey("alice", "default", "Bot", "developer-bot").ToString());
    }
}
