using System.Diagnostics;
using System.Text;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Core.Tests.Resources.Yaml;

/// <summary>Inputs made to hurt: each ends in a finding, and soon. The times are generous, so that a busy machine passes; without the bounds each would take minutes, or the process.</summary>
public sealed class HostileInputTests
{
    private const string Head = "apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata:\n  name: g\nspec:\n  systemPrompt: x\n";

    public static TheoryData<string, string, string> Inputs()
    {
        var laughs = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var level = 1; level <= 9; level++)
            laughs.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]\n");
        var longText = new StringBuilder("a: &a ").Append('x', 2_000_000).Append("\nb: [*a").Insert(0, "").ToString();

        return new()
        {
            { "billion laughs", laughs.ToString(), DiagnosticCodes.TooManyNodes },
            { "many aliases of a long text", longText + string.Concat(Enumerable.Repeat(", *a", 1_000)) + "]\n", DiagnosticCodes.TooManyNodes },
            { "alias cycle", "&a [*a]", DiagnosticCodes.AliasCycle },
            { "alias as a deep value", string.Concat(Enumerable.Range(1, 80).Select(i => $"a{i}: &a{i} [{(i == 1 ? "x" : $"*a{i - 1}")}]\n")), DiagnosticCodes.TooDeep },
            { "100,000 brackets", new string('[', 100_000), DiagnosticCodes.TooDeep },
            { "100,000 braces", new string('{', 100_000), DiagnosticCodes.TooDeep },
            { "100,000 dashes", string.Concat(Enumerable.Repeat("- ", 100_000)), DiagnosticCodes.TooDeep },
            { "100,000 questions", string.Concat(Enumerable.Repeat("? ", 100_000)), DiagnosticCodes.TooDeep },
            { "deep indentation", string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{new string(' ', i)}a:\n")), DiagnosticCodes.TooDeep },
            { "65 levels", new string('[', 65) + new string(']', 65), DiagnosticCodes.TooDeep },
            { "100,001 nodes", "[" + string.Concat(Enumerable.Repeat("a,", 100_000)) + "]", DiagnosticCodes.TooManyNodes },
            { "10,001 documents", string.Concat(Enumerable.Repeat("--- 1\n", 10_001)), DiagnosticCodes.TooManyDocuments },
            { "50,000 keys twice", Head + "labels:\n" + string.Concat(Enumerable.Range(0, 40_000).Select(i => $"  k{i % 20_000}: v\n")), DiagnosticCodes.DuplicateKey },
            { "17 MiB", Head + "# " + new string('x', 17 * 1024 * 1024), DiagnosticCodes.TooLarge },
            { "6 MiB of letters of three bytes", "# " + new string('\u4E00', 6 * 1024 * 1024), DiagnosticCodes.TooLarge },
            { "a NUL", Head + "  a: b\0c\n", DiagnosticCodes.ForbiddenCharacter },
            { "an escape sequence", Head + "  a: \u001b[31mred\n", DiagnosticCodes.ForbiddenCharacter },
            { "half of a surrogate pair", Head + "  a: \ud83d\n", DiagnosticCodes.ForbiddenCharacter },
            { "the other half", Head + "  a: \ude00x\n", DiagnosticCodes.ForbiddenCharacter },
            { "a kind with a NUL", Head.Replace("kind: Ghost", "kind: \"Ghost\\0\"", StringComparison.Ordinal), DiagnosticCodes.UnknownKind },
            { "a million tabs", new string('\t', 1_000_000) + "x: 1", DiagnosticCodes.MissingField },
            { "a key without end", new string('x', 5_000_000), DiagnosticCodes.NotAResource },
            { "a quoted text without end", "a: \"" + new string('x', 5_000_000), DiagnosticCodes.Syntax },
            { "an empty key without value", "a:\n  b:\n   :\n  c: x\n", DiagnosticCodes.Syntax },
            { "a tag without end", "a: !<" + new string('x', 1_000_000), DiagnosticCodes.Syntax },
            { "100,000 anchors", string.Concat(Enumerable.Range(0, 60_000).Select(i => $"- &a{i} x\n")), DiagnosticCodes.NotAResource },
            { "10,000 broken documents", string.Concat(Enumerable.Repeat("--- [\n", 9_999)), DiagnosticCodes.Syntax },
            { "20,000 unknown fields", Head + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"  skils{i}: v\n")), DiagnosticCodes.TooManyFindings },
            { "only control characters", new string('\u0001', 100_000), DiagnosticCodes.ForbiddenCharacter },
        };
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void A_hostile_input_ends_in_a_finding_and_soon(string what, string text, string code)
    {
        var clock = Stopwatch.StartNew();

        var set = ResourceReader.Read(text, "x");

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{what} took {clock.Elapsed}");
        Assert.Contains(set.Diagnostics, finding => finding.Code == code);
        Assert.True(set.Diagnostics.Count <= 1_002);
        Assert.All(set.Diagnostics, finding => Assert.True(finding.Message.Length < 400 && !finding.Message.Any(char.IsControl)));
    }

    [Fact]
    public void Aliases_that_multiply_cost_no_memory()
    {
        var text = Inputs().First().Data.Item2;
        ResourceReader.Read(text, "x");
        var before = GC.GetAllocatedBytesForCurrentThread();

        ResourceReader.Read(text, "x");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
    }

    [Fact]
    public void Sixty_four_levels_and_100_000_nodes_are_allowed()
    {
        // Six levels are taken by the document, its spec and what stands around the value.
        var deep = ResourceReader.Read(Head + "  extra: " + new string('[', 62) + new string(']', 62) + "\n", "x");
        var wide = ResourceReader.Read(Head + "  extra: [" + string.Concat(Enumerable.Repeat("a,", 99_980)) + "]\n", "x");

        Assert.Equal([DiagnosticCodes.UnknownField], deep.Diagnostics.Select(finding => finding.Code));
        Assert.Equal([DiagnosticCodes.UnknownField], wide.Diagnostics.Select(finding => finding.Code));
    }

    [Fact]
    public void A_document_over_a_bound_does_not_hide_the_next()
    {
        var set = ResourceReader.Read($"{new string('[', 200)}\n---\n{Head}", "x");

        Assert.Single(set.Resources);
        Assert.Equal("x:1:65: error WG0105: more than 64 levels of nesting", Assert.Single(set.Diagnostics).ToString());
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0 }, 1, 1)]
    [InlineData(new byte[] { 0xFE, 0xFF, 0, (byte)'a' }, 1, 1)]
    [InlineData(new byte[] { (byte)'a', (byte)':', (byte)'\n', (byte)'b', 0xC3, 0x28 }, 2, 2)]
    [InlineData(new byte[] { (byte)'a', 0xED, 0xA0, 0x80 }, 1, 2)]
    [InlineData(new byte[] { 0xC0, 0x80 }, 1, 1)]
    public void Bytes_that_are_not_utf8_are_refused_with_their_place(byte[] bytes, int line, int column)
    {
        var finding = Assert.Single(ResourceReader.ReadUtf8(bytes, "x").Diagnostics);

        Assert.Equal((DiagnosticCodes.Encoding, line, column), (finding.Code, finding.Line, finding.Column));
    }

    [Fact]
    public void The_last_finding_says_how_many_are_not_shown()
    {
        var set = ResourceReader.Read(Head + string.Concat(Enumerable.Range(0, 50).Select(i => $"  x{i}: 1\n")), "x", new ReaderOptions { MaxFindings = 10 });

        Assert.Equal(11, set.Diagnostics.Count);
        Assert.Equal("40 more findings are not shown", set.Diagnostics[^1].Message);
    }

    [Fact]
    public void An_error_that_is_not_shown_still_refuses_the_document()
    {
        var set = ResourceReader.Read(Head + "  x: 1\n  skills: 7\n", "x", new ReaderOptions { MaxFindings = 1 });

        Assert.Empty(set.Resources);
        Assert.True(set.HasErrors);
    }
}
