using System.Diagnostics;
using System.Globalization;
using System.Text;
using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Core.Tests.Resources.Yaml;

/// <summary>Documents broken at random: whatever comes in, findings come out, and what is accepted means the same after a round trip.</summary>
/// <remarks><c>WEGENT_FUZZ_DOCUMENTS</c> and <c>WEGENT_FUZZ_SEED</c> make it longer and different; a failure names its seed.</remarks>
public sealed class FuzzTests
{
    private static readonly string[] s_fragments =
    [
        "---\n", "...\n", "- ", ": ", "? ", "&a ", "*a", "!!str ", "!!int ", "!x ", "{", "}", "[", "]", ",", "|\n", ">-\n", "'", "\"", "#", "\t", "\r", "\r\n", "\n", "  ",
        "\\", "\\u0000", "\\ud800", "\0", "\ud83d", "\u2028", "\uFEFF", "<<: *a", "null", "~", "true", "1e999", "0x", ".inf", "%YAML 1.1\n", "%TAG ! x\n", "@", "`", "|2\n", "\u0085",
        "apiVersion: agent.wecode.io/v1\n", "kind: Team\n", "metadata: ", "spec: ", "status: ", "name: ", "members:\n", "items:\n", "kind: List\n",
    ];

    [Fact]
    public void Mutated_documents_never_crash_nor_stall_the_reader()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("WEGENT_FUZZ_DOCUMENTS") ?? "20000", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("WEGENT_FUZZ_SEED") ?? "20260101", CultureInfo.InvariantCulture);
        var seeds = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Corpus"), "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples", "resources"), "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            .Select(File.ReadAllText)
            .Concat(RoundTripTests.Documents().Select(row => row.Data))
            .ToArray();
        var slowest = TimeSpan.Zero;
        var accepted = 0;

        for (var i = 0; i < count; i++)
        {
            var random = new Random(seed + i);
            var text = Mutate(random, seeds);
            var clock = Stopwatch.StartNew();
            try
            {
                accepted += Check(text);
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed + i}: {error}\n{text}");
            }
            if (clock.Elapsed > slowest)
                slowest = clock.Elapsed;
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"seed {seed + i} took {clock.Elapsed}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} documents, {accepted} resources accepted, slowest {slowest.TotalMilliseconds:F1} ms");
        Assert.True(accepted > count / 100, "hardly anything was accepted: the mutations are too wild to test acceptance");
    }

    private static int Check(string text)
    {
        var set = ResourceReader.Read(text, "x");
        var references = ReferenceChecker.Check(set, "alice", BuiltInResources.ByKey);
        foreach (var finding in set.Diagnostics.Concat(references))
        {
            Assert.True(finding.Line >= 1 && finding.Column >= 1);
            _ = DiagnosticRenderer.Render(finding, text);
        }

        var accepted = 0;
        foreach (var resource in set.Resources)
        {
            accepted++;
            var again = ResourceReader.Read(ResourceWriter.ToYaml(resource), "x");
            Assert.Equal(ResourceJson.ToJson(resource), ResourceJson.ToJson(Assert.Single(again.Resources)));
        }
        return accepted;
    }

    private static string Mutate(Random random, string[] seeds)
    {
        var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
        if (random.Next(4) == 0)
            text.Append("---\n").Append(seeds[random.Next(seeds.Length)]);
        for (var mutations = random.Next(1, 6); mutations > 0 && text.Length > 0; mutations--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(7))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, s_fragments[random.Next(s_fragments.Length)]);
                    break;
                case 2:
                    text[at] = (char)random.Next(32, 127);
                    break;
                case 3:
                    text.Insert(at, text.ToString(at, length));
                    break;
                case 4:
                    var other = seeds[random.Next(seeds.Length)];
                    var from = random.Next(other.Length);
                    text.Insert(at, other.AsSpan(from, Math.Min(random.Next(1, 60), other.Length - from)));
                    break;
                case 5:
                    text[at] = (char)random.Next(0, 0x3000);
                    break;
                default:
                    text.Insert(at, s_fragments[random.Next(s_fragments.Length)], random.Next(1, 40));
                    break;
            }
        }
        return text.ToString();
    }
}
