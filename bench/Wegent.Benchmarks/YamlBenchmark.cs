using System.Text;
using Wegent.Resources.Yaml;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Wegent.Benchmarks;

/// <summary>Reading, checking and binding agent definitions, beside the parser that it is built on and that library's own deserializer.</summary>
internal static class YamlBenchmark
{
    private const int Documents = 10_000;

    public static Task RunAsync(int rounds)
    {
        var documents = Enumerable.Range(0, Documents).Select(Document).ToArray();
        var stream = string.Join("---\n", documents);
        var options = new ReaderOptions();
        var deserializer = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build();

        return new Comparison($"YAML to typed resources, {Documents:N0} documents of {Encoding.UTF8.GetByteCount(documents[0])} B", "documents", rounds)
            .Add("floor: YamlDotNet's parser, events thrown away", () =>
            {
                var parser = new Parser(new StringReader(stream));
                while (parser.MoveNext())
                {
                    // nothing is kept
                }

                return Task.FromResult(Documents);
            })
            .Add("Wegent: typed, checked, with positions", () =>
            {
                var set = ResourceReader.Read(stream, "bench.yaml", options);
                if (set.Documents.Count != Documents || set.Diagnostics.Count != 0)
                    throw new InvalidOperationException($"{set.Documents.Count} documents, {set.Diagnostics.Count} findings");
                return Task.FromResult(set.Documents.Count);
            })
            .Add("peer: YamlDotNet's reflection deserializer", () =>
            {
                foreach (var document in documents)
                    _ = deserializer.Deserialize<PeerBot>(document);
                return Task.FromResult(Documents);
            })
            .RunAsync();
    }

    private static string Document(int i) => $$"""
        apiVersion: agent.wecode.io/v1
        kind: Bot
        metadata:
          name: bot-{{i:00000}}
          namespace: default
          displayName: "Bot number {{i}}"
          labels: { team: platform, tier: 'gold' }
          annotations:
            note: |
              First line of a block scalar that is long enough to matter.
              Second line of it, with a colon: here.
        spec:
          ghostRef:
            name: ghost-{{i:00000}}
            namespace: default
          shellRef:
            name: ClaudeCode
          modelRef:
            name: claude-opus
            namespace: default
        # a comment at the end, as real files have them

        """;

    private sealed class PeerBot
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public PeerMetadata Metadata { get; set; } = new();

        public PeerSpec Spec { get; set; } = new();
    }

    private sealed class PeerMetadata
    {
        public string Name { get; set; } = "";

        public string Namespace { get; set; } = "";

        public string DisplayName { get; set; } = "";

        public Dictionary<string, string> Labels { get; set; } = [];

        public Dictionary<string, string> Annotations { get; set; } = [];
    }

    private sealed class PeerSpec
    {
        public PeerReference GhostRef { get; set; } = new();

        public PeerReference ShellRef { get; set; } = new();

        public PeerReference ModelRef { get; set; } = new();
    }

    private sealed class PeerReference
    {
        public string Name { get; set; } = "";

        public string Namespace { get; set; } = "";
    }
}
