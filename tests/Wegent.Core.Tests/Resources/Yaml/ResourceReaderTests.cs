using System.Text;
using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Core.Tests.Resources.Yaml;

public sealed class ResourceReaderTests
{
    private const string Ghost = """
        apiVersion: agent.wecode.io/v1
        kind: Ghost
        metadata:
          name: developer
        spec:
          systemPrompt: Write code.

        """;

    [Fact]
    public void The_bot_of_the_architecture_document_is_read_as_it_stands()
    {
        const string Bot = """
            apiVersion: agent.wecode.io/v1
            kind: Bot
            metadata:
              name: developer-bot
              namespace: default
            spec:
              # Desired state
              ghostRef:
                name: developer-ghost
            status:
              # Actual state
              state: "Available"
            """;

        var set = ResourceReader.Read(Bot, "bot.yaml");

        var bot = Assert.IsType<BotResource>(Assert.Single(set.Resources));
        Assert.False(set.HasErrors);
        Assert.Equal("developer-bot", bot.Metadata.Name);
        Assert.Equal("developer-ghost", bot.Spec.GhostRef.Name);
        Assert.Equal("Available", bot.Status!.State);
        Assert.Equal("bot.yaml:6:1: warning WG0341: the bot has no shell and cannot run (add spec.shellRef)", Assert.Single(set.Diagnostics).ToString());
    }

    [Fact]
    public void A_stream_of_documents_is_read_in_order_and_empty_ones_are_skipped()
    {
        var set = ResourceReader.Read($"# nothing yet\n---\n{Ghost}---\n---\n# a comment\n...\n---\n{Ghost.Replace("developer", "reviewer", StringComparison.Ordinal)}", "x");

        Assert.Empty(set.Diagnostics);
        Assert.Equal(["developer", "reviewer"], set.Resources.Select(resource => resource.Metadata.Name));
        Assert.Equal([3, 14], set.Documents.Select(document => document.Position.Line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n...\n---\n")]
    [InlineData("\uFEFF")]
    public void Nothing_is_read_from_nothing(string text)
    {
        var set = ResourceReader.Read(text, "x");

        Assert.Empty(set.Documents);
        Assert.Empty(set.Diagnostics);
    }

    [Fact]
    public void Json_is_yaml()
    {
        var set = ResourceReader.Read("""
            {"apiVersion":"agent.wecode.io/v1","kind":"Model","metadata":{"name":"m","labels":{"a\/b":"\u00fc\uD83D\uDE00"}},
             "spec":{"modelConfig":{"env":{"n":1.50,"big":123456789012345678901234567890,"yes":true,"none":null,"list":[1,"1",[]],"e":1e3}}}}
            """, "x");

        Assert.Empty(set.Diagnostics);
        var model = Assert.IsType<ModelResource>(Assert.Single(set.Resources));
        Assert.Equal("ü😀", model.Metadata.Labels!["a/b"]);
        Assert.Equal(
            """{"n":1.50,"big":123456789012345678901234567890,"yes":true,"none":null,"list":[1,"1",[]],"e":1e3}""",
            ResourceJson.ToJson(model)[(ResourceJson.ToJson(model).IndexOf("\"env\":", StringComparison.Ordinal) + 6)..^3]);
    }

    [Fact]
    public void Separators_of_lines_that_json_allows_in_strings_stay_in_them()
    {
        var set = ResourceReader.Read("""{"apiVersion":"agent.wecode.io/v1","kind":"Ghost","metadata":{"name":"g"},"spec":{"systemPrompt":"a""" + "\u2028b\u2029c\u0085d" + "\"}}", "x");

        Assert.Empty(set.Diagnostics);
        Assert.Equal("a\u2028b\u2029c\u0085d", ((GhostResource)Assert.Single(set.Resources)).Spec.SystemPrompt);
    }

    [Theory]
    [InlineData("apiVersion: agent.wecode.io/v1\nkind: List\nitems:\n")]
    [InlineData("kind: GhostList\nmetadata: {resourceVersion: '7'}\nitems:\n")]
    [InlineData("")]
    public void A_list_is_read_item_by_item(string envelope)
    {
        var set = ResourceReader.Read(envelope + """
            - apiVersion: agent.wecode.io/v1
              kind: Ghost
              metadata: {name: a}
              spec: {systemPrompt: x}
            - apiVersion: agent.wecode.io/v1
              kind: Ghost
              metadata: {name: b}
              spec: {systemPrompt: x, sklls: []}

            """, "x");

        Assert.Equal(["a", "b"], set.Resources.Select(resource => resource.Metadata.Name));
        var finding = Assert.Single(set.Diagnostics);
        Assert.Equal(("spec.sklls", 8 + envelope.Count(c => c == '\n'), 27), (finding.Path, finding.Line, finding.Column));
        Assert.Equal(finding.Line, set.Documents[1].Locate("spec.sklls").Line);
    }

    [Fact]
    public void Bytes_are_read_with_and_without_byte_order_mark()
    {
        var plain = ResourceReader.ReadUtf8(Encoding.UTF8.GetBytes(Ghost), "x");
        var marked = ResourceReader.ReadUtf8([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Ghost)], "x");
        var joined = ResourceReader.Read($"\uFEFF{Ghost}---\n\uFEFF{Ghost}", "x");

        Assert.Empty(plain.Diagnostics.Concat(marked.Diagnostics).Concat(joined.Diagnostics));
        Assert.Equal(new SourcePosition(4, 9), marked.Documents[0].Locate("metadata.name"));
        Assert.Equal(2, joined.Resources.Count());
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    [InlineData("\n")]
    public void Every_line_end_counts_as_one(string lineEnd)
    {
        var set = ResourceReader.Read(Ghost.ReplaceLineEndings(lineEnd) + "extra: 1" + lineEnd, "x");

        Assert.Equal((7, 1), (Assert.Single(set.Diagnostics).Line, set.Diagnostics[0].Column));
    }

    [Fact]
    public void Anchors_and_aliases_are_written_out()
    {
        var set = ResourceReader.Read("""
            apiVersion: agent.wecode.io/v1
            kind: Ghost
            metadata: {name: g}
            spec:
              systemPrompt: &text Do what you can.
              skills: &skills [a, b]
              preload_skills: *skills
              mcpServers:
                one: &server {command: npx, env: {TOKEN: *text}}
                two: *server
            """, "x");

        Assert.Empty(set.Diagnostics);
        var spec = ((GhostResource)Assert.Single(set.Resources)).Spec;
        Assert.Equal(["a", "b"], spec.PreloadSkills);
        Assert.Equal("Do what you can.", spec.McpServers!["two"].Env!["TOKEN"]);
    }

    [Fact]
    public void An_anchor_may_be_given_anew()
    {
        var set = ResourceReader.Read(Ghost.Replace("Write code.", "&a one\n  skills: [*a, &a two, *a]", StringComparison.Ordinal), "x");

        Assert.Equal(["one", "two", "two"], ((GhostResource)Assert.Single(set.Resources)).Spec.Skills);
    }

    [Theory]
    [InlineData("123", "123")]
    [InlineData("1.10", "1.10")]
    [InlineData("yes", "yes")]
    [InlineData("true", "true")]
    [InlineData("0x10", "0x10")]
    [InlineData("2026-01-31", "2026-01-31")]
    [InlineData("'null'", "null")]
    [InlineData("!!str null", "null")]
    [InlineData("!!int 7", "7")]
    [InlineData("! 12", "12")]
    [InlineData("|\n    two\n    lines", "two\nlines\n")]
    [InlineData(">-\n    one\n    line", "one line")]
    public void A_text_field_takes_its_text_as_it_is_written(string yaml, string text)
    {
        var set = ResourceReader.Read(Ghost.Replace("Write code.", yaml, StringComparison.Ordinal), "x");

        Assert.Empty(set.Diagnostics);
        Assert.Equal(text, ((GhostResource)Assert.Single(set.Resources)).Spec.SystemPrompt);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0", "-0")]
    [InlineData("+12", "12")]
    [InlineData("0123", "123")]
    [InlineData("0x1F", "31")]
    [InlineData("0o17", "15")]
    [InlineData("1.50", "1.50")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("-1.5e+3", "-1.5e+3")]
    [InlineData("True", "true")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("NULL", "null")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData(".inf", "\".inf\"")]
    [InlineData("0xZZ", "\"0xZZ\"")]
    [InlineData("0xFFFFFFFFFFFFFFFFFF", "\"0xFFFFFFFFFFFFFFFFFF\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("!!float 1", "1")]
    [InlineData("!!str 1", "\"1\"")]
    public void Where_no_contract_says_the_type_the_core_schema_does(string yaml, string json)
    {
        var set = ResourceReader.Read(Ghost.Replace("kind: Ghost", "kind: Model", StringComparison.Ordinal).Replace("systemPrompt: Write code.", $"modelConfig: {{}}\n  videoConfig:\n    x: {yaml}", StringComparison.Ordinal).Replace("spec:", "spec:\n  modelType: video", StringComparison.Ordinal), "x");

        Assert.Empty(set.Diagnostics);
        Assert.Equal(json, ((ModelResource)Assert.Single(set.Resources)).Spec.VideoConfig!.Value.GetProperty("x").GetRawText());
    }

    [Theory]
    [InlineData("namespace:")]
    [InlineData("namespace: ~")]
    [InlineData("displayName: null")]
    [InlineData("labels:")]
    public void A_field_without_value_is_as_if_it_were_not_there(string field)
    {
        var set = ResourceReader.Read(Ghost.Replace("metadata:", $"metadata:\n  {field}", StringComparison.Ordinal), "x");

        Assert.Empty(set.Diagnostics);
        Assert.Equal(ResourceJson.ToJson(Assert.Single(ResourceReader.Read(Ghost, "x").Resources)), ResourceJson.ToJson(Assert.Single(set.Resources)));
    }

    [Fact]
    public void A_shell_may_call_its_type_runtime_as_older_files_do()
    {
        var set = ResourceReader.Read(Ghost.Replace("kind: Ghost", "kind: Shell", StringComparison.Ordinal).Replace("systemPrompt: Write code.", "runtime: ClaudeCode", StringComparison.Ordinal), "x");

        Assert.Empty(set.Diagnostics);
        Assert.Equal("ClaudeCode", ((ShellResource)Assert.Single(set.Resources)).Spec.ShellType);
    }

    [Theory]
    [InlineData("status: nonsense")]
    [InlineData("status: [1]")]
    [InlineData("status: {state: [Available], conditions: 7, unknown: {}}")]
    public void A_status_is_never_a_reason_to_refuse(string status)
    {
        var set = ResourceReader.Read(Ghost + status + "\n", "x");

        Assert.Empty(set.Diagnostics);
        Assert.Null(((GhostResource)Assert.Single(set.Resources)).Status);
    }

    [Fact]
    public void An_unknown_field_is_a_warning_and_is_kept()
    {
        var set = ResourceReader.Read(Ghost + "  sklls: [a]\n", "ghost.yaml");

        Assert.False(set.HasErrors);
        Assert.Equal("ghost.yaml:7:3: warning WG0201: unknown field 'sklls' (did you mean 'skills'?)", Assert.Single(set.Diagnostics).ToString());
        Assert.Contains("\"sklls\":[\"a\"]", ResourceJson.ToJson(Assert.Single(set.Resources)), StringComparison.Ordinal);
    }

    [Fact]
    public void In_strict_reading_an_unknown_field_refuses_the_document()
    {
        var set = ResourceReader.Read(Ghost + "  sklls: [a]\n", "x", new ReaderOptions { Strict = true });

        Assert.True(set.HasErrors);
        Assert.Empty(set.Resources);
    }

    [Fact]
    public void Settings_that_belong_to_somebody_else_may_have_any_field()
    {
        var set = ResourceReader.Read("""
            apiVersion: agent.wecode.io/v1
            kind: Model
            metadata: {name: m}
            spec:
              modelConfig:
                env: {model: claude, custom_headers: {x: y}}
                context_window: 200000
            ---
            apiVersion: agent.wecode.io/v1
            kind: Ghost
            metadata: {name: g}
            spec:
              systemPrompt: x
              mcpServers:
                files: {command: npx, timeout: 30, autoApprove: [read]}
            """, "x", new ReaderOptions { Strict = true });

        Assert.Empty(set.Diagnostics);
        Assert.Contains("\"context_window\":200000", ResourceJson.ToJson(set.Resources.First()), StringComparison.Ordinal);
        Assert.Contains("\"timeout\":30", ResourceJson.ToJson(set.Resources.Last()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_namespace_goes_to_resources_that_name_none()
    {
        var set = ResourceReader.Read($"{Ghost}---\n{Ghost.Replace("name: developer", "name: developer\n  namespace: default", StringComparison.Ordinal)}", "x", new ReaderOptions { DefaultNamespace = "team-a" });

        Assert.Equal(["team-a", "default"], set.Resources.Select(resource => resource.Metadata.Namespace));
        Assert.Equal([null, "default"], set.Documents.Select(document => document.Namespace));
    }

    [Fact]
    public void A_broken_document_does_not_hide_the_others()
    {
        var set = ResourceReader.Read($"{Ghost}---\na: [\n---\n{Ghost}---\n{Ghost}  skills: 3\n---\n{Ghost}", "x");

        Assert.Equal(["x:9:1: error WG0101", "x:23:11: error WG0203"], set.Diagnostics.Select(finding => finding.ToString()[..finding.ToString().IndexOf(": ", 10, StringComparison.Ordinal)]));
        Assert.Equal(3, set.Resources.Count());
    }

    [Fact]
    public void The_place_of_everything_is_known_long_after_reading()
    {
        var set = ResourceReader.Read("""
            # first
            apiVersion: agent.wecode.io/v1
            kind: Ghost
            metadata: {name: g}
            spec: {systemPrompt: x}
            --- # second
              apiVersion: agent.wecode.io/v1
              kind: Team
              metadata:
                name: t
                labels: {'a.b/c': "v"}
              spec:
                members:
                  - botRef: {name: b1}
                  - role: leader
                    botRef:
                      name: b2
                collaborationModel: solo
            """, "x");

        var team = set.Documents[1];
        Assert.Equal(new SourcePosition(17, 17), team.Locate("spec.members[1].botRef.name"));
        Assert.Equal(new SourcePosition(16, 9), team.Locate("spec.members[1].botRef"));
        Assert.Equal(new SourcePosition(15, 9), team.Locate("spec.members[1]"));
        Assert.Equal(new SourcePosition(11, 23), team.Locate("metadata.labels['a.b/c']"));
        Assert.Equal(new SourcePosition(9, 3), team.Locate("metadata.namespace"));
        Assert.Equal(new SourcePosition(13, 5), team.Locate("spec.members[7].role"));
        Assert.Equal(new SourcePosition(4, 18), set.Documents[0].Locate("metadata.name"));
    }

    [Fact]
    public void Several_inputs_become_one_set()
    {
        var set = ResourceSet.Combine([ResourceReader.Read(Ghost, "a.yaml"), ResourceReader.Read("kind: 1", "b.yaml")]);

        Assert.Equal(["a.yaml", "b.yaml"], set.Documents.Select(document => document.File));
        Assert.True(set.HasErrors);
    }

    [Fact]
    public void Every_contract_can_be_checked()
    {
        var seen = new HashSet<Contract>();
        foreach (var kind in ResourceKinds.All)
            Visit(Contract.For(kind.Type));
        Assert.True(seen.Count > 40);

        void Visit(Contract contract)
        {
            if (!seen.Add(contract))
                return;
            if (contract.Shape == ContractShape.Object)
            {
                foreach (var field in contract.Fields.Values)
                    Visit(field.Contract);
            }
            else if (contract.Shape is ContractShape.List or ContractShape.Map)
            {
                Visit(contract.Element);
            }
        }
    }
}
