using System.Text.Json;
using CsCheck;
using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent.Core.Tests.Resources.Yaml;

public sealed class RoundTripTests
{
    public static TheoryData<string> Documents() =>
    [
        """{"apiVersion":"agent.wecode.io/v1","kind":"Skill","metadata":{"name":"s","namespace":"default"},"spec":{"description":"d","displayName":"S","prompt":"p\nq\n","version":"1.0","author":"a","tags":["x","y"],"bindShells":["ClaudeCode","Chat"],"config":{"a":1,"b":[true,null]},"tools":[{"name":"t","provider":"p","config":{"z":"1"}}],"provider":{"module":"provider","class":"C"},"mcpServers":{"m":{"type":"sse","url":"https://example.com/mcp","headers":{"Authorization":"${secret:token}"}}},"visible":false,"source":{"type":"git","repo_url":"https://example.com/a/b.git","skill_path":"skills/s","imported_at":"2026-01-01T00:00:00Z"}},"status":{"fileSize":123,"fileHash":"abc","state":"Available"}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"g","namespace":"team-a/web","displayName":"Gespenst 👻","labels":{"tier":"1"},"annotations":{"example.com/note":"line\nline"},"uid":"u","resourceVersion":"12","generation":3,"creationTimestamp":"2026-01-01T00:00:00+00:00","updateTimestamp":"2026-01-02T00:00:00+00:00","ownerReferences":[{"apiVersion":"agent.wecode.io/v1","kind":"Team","name":"t","uid":"v"}]},"spec":{"systemPrompt":"You are a ghost.","mcpServers":{"files":{"command":"npx","args":["-y","server"],"env":{"A":"1"},"timeout":30}},"skills":["a","b"],"preload_skills":["a"],"skill_refs":{"a":{"skill_id":7,"namespace":"default","is_public":true,"content_hash":"sha256:00"}},"preload_skill_refs":{"a":{"skill_id":7,"namespace":"default","is_public":false}},"defaultKnowledgeBaseRefs":[{"id":1,"name":"kb"}]},"status":{"state":"Unavailable","message":"why","observedGeneration":3,"conditions":[{"type":"Ready","status":"False","reason":"R","message":"m","lastTransitionTime":"2026-01-01T00:00:00+00:00","observedGeneration":3}]}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"m","namespace":"default"},"spec":{"modelConfig":{"env":{"model":"openai","model_id":"x","api_key":"${env:KEY}","n":1.50},"context_window":5},"isCustomConfig":true,"protocol":"openai","apiFormat":"chat/completions","modelType":"llm","contextWindow":200000,"maxOutputTokens":8000,"costIndex":1.5,"modelGroup":"g","modelSubGroup":"h","isAdvanced":false,"modelCapabilities":{"supportsImage":true,"supportsVideo":false},"secondaryModelRef":{"name":"n","namespace":"default"}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"v","namespace":"default"},"spec":{"modelConfig":{},"apiFormat":"responses","modelType":"tts","ttsConfig":{"voice":"alloy","speed":1.25,"output_format":"mp3"}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"v","namespace":"default"},"spec":{"modelConfig":{},"modelType":"stt","sttConfig":{"language":"en","transcription_format":"text"}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"v","namespace":"default"},"spec":{"modelConfig":{},"modelType":"embedding","embeddingConfig":{"dimensions":1536,"encoding_format":"float","additional_input_modalities":["image"]}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"v","namespace":"default"},"spec":{"modelConfig":{},"modelType":"rerank","rerankConfig":{"top_n":3,"return_documents":false}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"v","namespace":"default"},"spec":{"modelConfig":{},"modelType":"video","videoConfig":{"resolution":"1080p","fps":24,"capabilities":{"durations_sec":[5,10]}}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"v","namespace":"default"},"spec":{"modelConfig":{},"modelType":"image","imageConfig":{"size":"2K","watermark":false}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Shell","metadata":{"name":"ClaudeCode","namespace":"default"},"spec":{"shellType":"ClaudeCode","supportModel":["claude"],"baseImage":"registry.example.com:5000/wegent/executor:1.2","baseShellRef":"ClaudeCode","requiresWorkspace":true}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Bot","metadata":{"name":"b","namespace":"default"},"spec":{"ghostRef":{"name":"g","namespace":"default"},"shellRef":{"name":"s","namespace":"x"},"modelRef":{"name":"m","namespace":"default","user_id":7},"secondaryModelRef":{"name":"n","namespace":"default"}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Team","metadata":{"name":"t","namespace":"default"},"spec":{"members":[{"botRef":{"name":"b","namespace":"default"},"name":"first","prompt":"p","role":"leader","capability":"c","requireConfirmation":true,"contextPassing":"original_and_previous"},{"botRef":{"name":"b","namespace":"default"},"contextPassing":"none"}],"collaborationModel":"pipeline","bind_mode":["chat","code"],"description":"d","icon":"i","requiresWorkspace":false,"inputPlaceholder":"ask","quick_phrases":["a"],"displayConfig":{"show_final_answer_only":true}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Team","metadata":{"name":"t","namespace":"default"},"spec":{"members":[{"botRef":{"name":"b","namespace":"default"}}],"collaborationRef":{"name":"c","namespace":"default"},"maxRounds":7}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Collaboration","metadata":{"name":"c","namespace":"default"},"spec":{"type":"workflow","description":"d","config":{"steps":[{"name":"planning","participants":["planner-bot"],"requireConfirmation":true,"contextPassing":"previous_bot"},{"name":"review","participants":["a","b"]}]}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Collaboration","metadata":{"name":"c","namespace":"default"},"spec":{"type":"collaborate","config":{"maxRounds":3}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Workspace","metadata":{"name":"w","namespace":"default"},"spec":{"repository":{"gitUrl":"https://github.com/user/repo.git","gitRepo":"{user}/{repo}","gitRepoId":42,"branchName":"main","gitDomain":"github.com"}}}""",
        """{"apiVersion":"agent.wecode.io/v1","kind":"Task","metadata":{"name":"task-7","namespace":"default"},"spec":{"title":"t","prompt":"p","teamRef":{"name":"t","namespace":"default","user_id":3},"workspaceRef":{"name":"w","namespace":"default"},"is_group_chat":true,"knowledgeBaseRefs":[{"id":1,"name":"kb","namespace":"default","boundBy":"u","boundAt":"2026"}],"knowledgeBaseScopes":[{"name":"kb"}],"externalKnowledgeRefs":[],"device_id":"d","execution":{"workspace":{"source":"git_worktree"}},"fork":{"sourceTaskId":1},"currentStage":2},"status":{"taskId":7,"status":"COMPLETED","progress":100,"currentStage":2,"result":{"value":"x"},"errorMessage":"e","createdAt":"2026-01-01T00:00:00+00:00","updatedAt":"2026-01-01T00:00:00+00:00","completedAt":"2026-01-01T00:00:00+00:00","subTasks":[{"id":1}],"app":{"name":"a","address":"b","previewUrl":"c"},"archive":{"sizeBytes":1},"state":"Available"}}""",
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_field_of_every_kind_survives_json_and_yaml(string json)
    {
        var read = ResourceReader.Read(json, "x", new ReaderOptions { Strict = true });
        Assert.Empty(read.Diagnostics);
        var resource = Assert.Single(read.Resources);
        Assert.Equal(Canonical(json), Canonical(ResourceJson.ToJson(resource)));

        var again = ResourceReader.Read(ResourceWriter.ToYaml(resource), "x", new ReaderOptions { Strict = true });
        Assert.Empty(again.Diagnostics);
        Assert.Equal(ResourceJson.ToJson(resource), ResourceJson.ToJson(Assert.Single(again.Resources)));

        var stored = ResourceJson.FromUtf8(resource.Kind, ResourceJson.ToUtf8(resource));
        Assert.Equal(ResourceJson.ToJson(resource), ResourceJson.ToJson(stored));
    }

    [Fact]
    public void Every_field_of_every_kind_stands_in_these_documents()
    {
        var given = Documents().Select(row => row.Data).ToList();
        foreach (var kind in ResourceKinds.All)
        {
            var texts = given.Where(text => text.Contains($"\"kind\":\"{kind.Name}\"", StringComparison.Ordinal)).ToList();
            foreach (var property in ResourceJson.ContractOf(kind.Type).Properties.Single(property => property.Name == "spec").PropertyType is var spec ? ResourceJson.ContractOf(spec).Properties : [])
                Assert.True(property.IsExtensionData || texts.Exists(text => text.Contains($"\"{property.Name}\":", StringComparison.Ordinal)), $"{kind.Name}.spec.{property.Name} is not tested");
        }
    }

    [Fact]
    public void Yaml_is_written_as_people_write_it()
    {
        var team = Assert.Single(ResourceReader.Read("""
            {"apiVersion":"agent.wecode.io/v1","kind":"Team","metadata":{"name":"t","labels":{"version":"1.0","on":"yes"}},
             "spec":{"collaborationModel":"pipeline","description":"Plans: then builds # always","quick_phrases":[],
              "members":[{"botRef":{"name":"planner"},"prompt":"First line.\nSecond line.\n"},{"botRef":{"name":"builder"}}]}}
            """, "x").Resources);

        Assert.Equal("""
            apiVersion: agent.wecode.io/v1
            kind: Team
            metadata:
              name: t
              namespace: default
              labels:
                version: "1.0"
                "on": "yes"
            spec:
              members:
              - botRef:
                  name: planner
                  namespace: default
                prompt: |
                  First line.
                  Second line.
              - botRef:
                  name: builder
                  namespace: default
              collaborationModel: pipeline
              description: "Plans: then builds # always"
              quick_phrases: []

            """, ResourceWriter.ToYaml(team));
    }

    [Fact]
    public void Several_resources_are_written_as_a_stream()
    {
        var resources = BuiltInResources.All;

        var set = ResourceReader.Read(ResourceWriter.ToYaml(resources), "x");

        Assert.Empty(set.Diagnostics);
        Assert.Equal(resources.Select(resource => ResourceJson.ToJson(resource)), set.Resources.Select(resource => ResourceJson.ToJson(resource)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\n\n")]
    [InlineData("a\n")]
    [InlineData("a\n\n\n")]
    [InlineData(" a\nb")]
    [InlineData("\ta\nb")]
    [InlineData("a\n\tb\n")]
    [InlineData("a \nb \n \n")]
    [InlineData("a\r\nb")]
    [InlineData("a\n\n  b\n c")]
    [InlineData("---\na")]
    [InlineData("...")]
    [InlineData("--- a")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("#a")]
    [InlineData("- a")]
    [InlineData("? a")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("Yes")]
    [InlineData("0x1")]
    [InlineData("1e3")]
    [InlineData(".5")]
    [InlineData(".inf")]
    [InlineData("<<")]
    [InlineData("=")]
    [InlineData("*a")]
    [InlineData("&a")]
    [InlineData("!a")]
    [InlineData("%a")]
    [InlineData("@a")]
    [InlineData("`a`")]
    [InlineData("'a'")]
    [InlineData("\"a\"")]
    [InlineData("\\")]
    [InlineData("{a}")]
    [InlineData("[a]")]
    [InlineData("a, b")]
    [InlineData("|")]
    [InlineData(">-")]
    [InlineData("\u0085\u2028\u2029\uFEFF\uFFFE\u007f\u0001")]
    [InlineData("a\u2028\nb")]
    [InlineData("👻 and 漢字")]
    [InlineData("\uE000\uE001\u2028")]
    public void A_text_is_read_back_as_it_was(string text)
    {
        var ghost = Ghost(text, new() { [text] = text, ["k"] = text + text });

        Assert.Equal(ResourceJson.ToJson(ghost), ResourceJson.ToJson(ReadBack(ghost)));
    }

    [Fact]
    public void A_key_of_a_thousand_characters_is_read_back()
    {
        var ghost = Ghost("x", new() { [new string('k', 1_000) + ": #"] = "v", [new string('ü', 2_000)] = "w" });

        Assert.Equal(ResourceJson.ToJson(ghost), ResourceJson.ToJson(ReadBack(ghost)));
    }

    [Fact]
    public void A_quoted_key_after_one_with_an_asterisk_is_read_back()
    {
        var ghost = Ghost("x", new() { ["a *b"] = "v", ["\"c"] = "w" });

        Assert.Equal(ResourceJson.ToJson(ghost), ResourceJson.ToJson(ReadBack(ghost)));
    }

    [Fact]
    public void Writing_and_reading_is_identity()
    {
        var characters = Gen.OneOf(
            Gen.Char['a', 'z'],
            Gen.Char[' ', '~'],
            OneOf('\n', '\n', '\t', ' ', ':', '#', '-', '\'', '"', '\\', '\r', '\u0085', '\u2028', '\uFEFF', 'ü', '漢', '\u0001', '\u00a0'));
        var texts = characters.Array[0, 24].Select(text => new string(text));
        Gen<string> numbers = Gen.OneOf(
            Gen.Int.Select(number => number.ToString()),
            Gen.Double.Where(double.IsFinite).Select(number => JsonSerializer.Serialize(number)),
            OneOf("-0", "0", "1.50", "1E5", "1e-7", "123456789012345678901234567890", "true", "false", "null"));
        var json = Gen.Recursive<string>((depth, inner) => depth > 4
            ? texts.Select(text => JsonSerializer.Serialize(text))
            : Gen.OneOf(
                texts.Select(text => JsonSerializer.Serialize(text)),
                numbers,
                inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"),
                Gen.Select(texts, inner).Array[0, 4].Select(fields => $"{{{string.Join(',', fields.DistinctBy(field => field.Item1).Select(field => $"{JsonSerializer.Serialize(field.Item1)}:{field.Item2}"))}}}")));

        Gen.Select(texts, json).Sample((text, value) =>
        {
            var model = new ModelResource
            {
                Metadata = new() { Name = "m", Annotations = new Dictionary<string, string> { ["a"] = text } },
                Spec = new()
                {
                    ModelConfig = new() { Extra = new Dictionary<string, JsonElement> { ["v"] = JsonDocument.Parse(value).RootElement } },
                },
            };
            return ResourceJson.ToJson(model) == ResourceJson.ToJson(ReadBack(model));
        }, iter: 5_000, seed: "0000KOIPe001");
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static GhostResource Ghost(string prompt, Dictionary<string, string> annotations) => new()
    {
        Metadata = new() { Name = "g" },
        Spec = new()
        {
            SystemPrompt = prompt,
            McpServers = new Dictionary<string, McpServer> { ["m"] = new() { Command = "x", Env = annotations } },
        },
    };

    private static Resource ReadBack(Resource resource)
    {
        var yaml = ResourceWriter.ToYaml(resource);
        var set = ResourceReader.Read(yaml, "x");
        Assert.False(set.HasErrors, set.Diagnostics.Count == 0 ? "" : $"{set.Diagnostics[0]}\n{yaml}");
        return Assert.Single(set.Resources);
    }

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Sorted(document.RootElement);

        static string Sorted(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => $"{{{string.Join(',', element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal).Select(property => $"{property.Name}:{Sorted(property.Value)}"))}}}",
            JsonValueKind.Array => $"[{string.Join(',', element.EnumerateArray().Select(Sorted))}]",
            JsonValueKind.String => $"'{element.GetString()}'",
            _ => element.GetRawText(),
        };
    }
}
