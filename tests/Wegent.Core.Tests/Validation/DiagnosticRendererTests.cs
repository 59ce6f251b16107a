using Wegent.Validation;

namespace Wegent.Core.Tests.Validation;

public sealed class DiagnosticRendererTests
{
    [Fact]
    public void A_finding_is_printed_with_its_line_and_a_caret()
    {
        Assert.Equal(
            """
            bot.yaml:4:3: warning WG0201: unknown field 'nme' (did you mean 'name'?)
                4 |   nme: developer-bot
                  |   ^
            """,
            DiagnosticRenderer.Render(At(4, 3), "apiVersion: agent.wecode.io/v1\r\nkind: Bot\rmetadata:\n  nme: developer-bot\nspec:\n"));
    }

    [Fact]
    public void Tabs_keep_the_caret_in_its_place()
    {
        Assert.EndsWith("\n    1 | \ta: b\n      | \t^", DiagnosticRenderer.Render(At(1, 2), "\ta: b"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_line_is_cut_around_the_place()
    {
        var lines = DiagnosticRenderer.Render(At(1, 500), new string('a', 499) + "b" + new string('c', 500)).Split('\n');

        Assert.True(lines[1].Length < 140);
        Assert.Equal('b', lines[1][lines[2].IndexOf('^', StringComparison.Ordinal)]);
    }

    [Fact]
    public void A_file_cannot_steer_the_terminal()
    {
        Assert.DoesNotContain('\u001b', DiagnosticRenderer.Render(At(1, 1), "\u001b[2Ja: \u202eb"));
        Assert.DoesNotContain('\u202e', DiagnosticRenderer.Render(At(1, 1), "\u001b[2Ja: \u202eb"));
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(2, 40)]
    public void A_place_past_the_text_is_no_problem(int line, int column)
    {
        Assert.StartsWith("bot.yaml:", DiagnosticRenderer.Render(At(line, column), "a\nb"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_text_the_finding_stands_alone()
    {
        Assert.Equal(At(4, 3).ToString(), DiagnosticRenderer.Render(At(4, 3), null));
    }

    private static Diagnostic At(int line, int column) => new()
    {
        Code = DiagnosticCodes.UnknownField,
        Severity = DiagnosticSeverity.Warning,
        File = "bot.yaml",
        Line = line,
        Column = column,
        Path = "metadata.nme",
        Message = "unknown field 'nme'",
        Hint = "did you mean 'name'?",
    };
}
