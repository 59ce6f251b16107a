using System.Reflection;
using Wegent.Validation;

namespace Wegent.Core.Tests.Validation;

public sealed class DiagnosticCodesTests
{
    internal static IEnumerable<string> AllCodes() =>
        typeof(DiagnosticCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    [Fact]
    public void A_code_is_given_once()
    {
        Assert.Equal(AllCodes().Count(), AllCodes().Distinct().Count());
        Assert.All(AllCodes(), code => Assert.Matches("^WG0[1-4][0-9]{2}$", code));
    }

    [Fact]
    public void The_documentation_lists_exactly_these_codes()
    {
        var documented = File.ReadLines(Path.Combine(Repository.Root, "docs", "diagnostics.md"))
            .Where(line => line.StartsWith("| WG", StringComparison.Ordinal))
            .Select(line => line.Split('|')[1].Trim());

        Assert.Equal(AllCodes().Order(StringComparer.Ordinal), documented);
    }
}
