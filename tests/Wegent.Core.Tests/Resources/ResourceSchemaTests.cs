using System.Text.Json.Nodes;
using Wegent.Resources;

namespace Wegent.Core.Tests.Resources;

public sealed class ResourceSchemaTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "src", "Wegent.Core", "Resources", "Schemas");

    public static TheoryData<string> Kinds() => [.. ResourceKinds.All.Select(static kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_schema_of_a_kind_is_what_contracts_comments_and_samples_say(string kind)
    {
        // WEGENT_UPDATE_GOLDEN=1 writes it anew; the difference is then to be looked at.
        var path = Path.Combine(s_folder, $"{kind}.json");
        var current = SchemaGenerator.Generate(ResourceKinds.Get(kind));
        if (Environment.GetEnvironmentVariable("WEGENT_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, current);

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), current);
        if (Environment.GetEnvironmentVariable("WEGENT_UPDATE_GOLDEN") != "1")
            Assert.Equal(current, ResourceSchema.Of(kind).ReplaceLineEndings("\n"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_field_that_people_write_has_a_meaning_and_an_example(string kind)
    {
        var bare = new List<string>();
        Walk(JsonNode.Parse(ResourceSchema.Of(kind))!["properties"]!["spec"]!, $"{kind}.spec");
        Assert.Empty(bare);

        void Walk(JsonNode schema, string path)
        {
            if (schema["properties"] is JsonObject properties)
            {
                foreach (var (name, field) in properties)
                {
                    var below = $"{path}.{name}";
                    if (field!["deprecated"] is null && (string.IsNullOrEmpty(field["description"]?.GetValue<string>()) || field["examples"] is null))
                        bare.Add(below);
                    Walk(field, below);
                }
            }

            if (schema["items"] is JsonObject items)
                Walk(items, path);
            if (schema["additionalProperties"] is JsonObject values)
                Walk(values, path);
        }
    }

    [Fact]
    public void One_schema_holds_for_all_kinds()
    {
        var all = JsonNode.Parse(ResourceSchema.All)!;
        Assert.Equal(ResourceKinds.All.Select(static kind => kind.Name), all["properties"]!["kind"]!["enum"]!.AsArray().Select(static name => name!.GetValue<string>()));
        Assert.Equal(ResourceKinds.All.Count, all["allOf"]!.AsArray().Count);
        Assert.Equal(ResourceKinds.All.Count, all["definitions"]!.AsObject().Count);
    }

    [Theory]
    [InlineData("Team", "object", true)]
    [InlineData("Team.spec.members", "list of objects", true)]
    [InlineData("Team.spec.members.botRef.name", "text", true)]
    [InlineData("Team.spec.members[0].role", "text", false)]
    [InlineData("Team.spec.collaborationModel", "one of: pipeline, route, coordinate, collaborate, solo", false)]
    [InlineData("teams.spec.maxRounds", "whole number", false)]
    [InlineData("ghost.spec.mcpServers", "map of objects", false)]
    [InlineData("Ghost.spec.mcpServers.headers", "map of texts", false)]
    [InlineData("Ghost.metadata.creationTimestamp", "time", false)]
    [InlineData("Model.spec.modelConfig.env", "map of any values", false)]
    [InlineData("Model.spec.costIndex", "number", false)]
    public void A_field_is_explained(string path, string type, bool required)
    {
        var explained = ResourceSchema.Explain(path);
        Assert.Equal((type.Split(':')[0], required), (explained.Type.Split(':')[0], explained.Required));
        Assert.NotEmpty(explained.Description);
    }

    [Fact]
    public void An_explanation_has_fields_default_and_example()
    {
        var members = ResourceSchema.Explain("Team.spec.members");
        Assert.Contains(members.Fields, static field => field is { Path: "Team.spec.members.botRef", Required: true });
        Assert.Contains("example-bot", members.Example, StringComparison.Ordinal);
        Assert.Equal("default", ResourceSchema.Explain("Bot.spec.ghostRef.namespace").Default);
        Assert.Equal("false", ResourceSchema.Explain("Team.spec.members.requireConfirmation").Default);
        Assert.Equal("4", ResourceSchema.Explain("Team.spec.maxRounds").Default);
    }

    [Theory]
    [InlineData("Teem.spec", "Team")]
    [InlineData("Team.spec.member", "members")]
    [InlineData("Team.spec.members.botref", "botRef")]
    [InlineData("Team.spec.members.role.deeper", "")]
    [InlineData("", "Ghost")]
    public void What_there_is_not_is_said_with_the_nearest(string path, string hint)
    {
        var error = Assert.Throws<NotFoundException>(() => ResourceSchema.Explain(path));
        Assert.Equal("schema.not_found", error.Code);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }
}
