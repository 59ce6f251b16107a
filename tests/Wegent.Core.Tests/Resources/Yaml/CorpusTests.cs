using Wegent.Core.Tests.Validation;
using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Core.Tests.Resources.Yaml;

/// <summary>
/// Files under Corpus/broken begin with what is to be found in them: <c># expect: WG0201 4:3</c>, a line each, and nothing else may be.
/// <c># options:</c> before that: <c>strict</c>, <c>shells</c> (the registered shell types are known), <c>references</c> (are checked too).
/// </summary>
public sealed class CorpusTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Corpus", "broken");

    public static TheoryData<string> Files() => [.. Directory.EnumerateFiles(s_folder, "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_broken_file_is_reported_with_code_line_and_column(string file)
    {
        var text = File.ReadAllText(Path.Combine(s_folder, file));
        var (options, expected) = ReadHeader(text);

        var findings = Check(text, file, options);

        Assert.Equal(expected, findings.Select(finding => $"{finding.Code} {finding.Line}:{finding.Column}"));
    }

    [Fact]
    public void Every_file_finds_its_fault_with_line_ends_of_windows_too()
    {
        foreach (var file in Files())
        {
            var text = File.ReadAllText(Path.Combine(s_folder, file.Data));
            var (options, expected) = ReadHeader(text);

            var findings = Check(text.ReplaceLineEndings("\r\n"), "x", options);

            Assert.Equal(expected, findings.Select(finding => $"{finding.Code} {finding.Line}:{finding.Column}"));
        }
    }

    [Fact]
    public void Every_code_is_expected_somewhere()
    {
        // These need inputs that a text file cannot hold, or that are too large to keep: HostileInputTests has them.
        string[] elsewhere =
        [
            DiagnosticCodes.TooLarge, DiagnosticCodes.Encoding, DiagnosticCodes.TooDeep, DiagnosticCodes.TooManyNodes,
            DiagnosticCodes.TooManyDocuments, DiagnosticCodes.TooManyFindings,
        ];
        var expected = Files().SelectMany(file => ReadHeader(File.ReadAllText(Path.Combine(s_folder, file.Data))).Expected).Select(line => line[..6]);

        Assert.Empty(DiagnosticCodesTests.AllCodes().Except(expected).Except(elsewhere));
    }

    private static List<Diagnostic> Check(string text, string file, string[] options)
    {
        var set = ResourceReader.Read(text, file, new ReaderOptions
        {
            Strict = options.Contains("strict"),
            ShellTypes = options.Contains("shells") ? ShellTypes.BuiltIn : null,
        });
        var findings = set.Diagnostics.ToList();
        if (options.Contains("references"))
            findings.AddRange(ReferenceChecker.Check(set, "alice", BuiltInResources.ByKey));
        return findings;
    }

    private static (string[] Options, List<string> Expected) ReadHeader(string text)
    {
        const string OptionsMark = "# options: ";
        const string ExpectMark = "# expect: ";
        var lines = text.Split('\n');
        var options = lines.Where(line => line.StartsWith(OptionsMark, StringComparison.Ordinal)).SelectMany(line => line[OptionsMark.Length..].Split(' ')).ToArray();
        var expected = lines.Where(line => line.StartsWith(ExpectMark, StringComparison.Ordinal)).Select(line => line[ExpectMark.Length..].Trim()).ToList();
        Assert.NotEmpty(expected);
        Assert.All(expected, line => Assert.Matches(@"^WG\d{4} \d+:\d+$", line));
        return (options, expected);
    }
}
