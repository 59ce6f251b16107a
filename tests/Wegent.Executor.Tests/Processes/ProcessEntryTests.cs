using Wegent.Executor.Processes;

namespace Wegent.Executor.Tests.Processes;

public sealed class ProcessEntryTests
{
    [Fact]
    public void A_name_with_parentheses_and_blanks_does_not_confuse_the_fields()
    {
        var stat = "77 (a) Z (b) 1) S 12 77 70 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654321 1000 200 18446744073709551615 1 1"u8;

        Assert.Equal(new ProcessEntry(77, 12, 70, 987654321, Dead: false), ProcessEntry.Parse(77, stat));
    }

    [Theory]
    [InlineData("")]
    [InlineData("77 (a")]
    [InlineData("77 (a)")]
    [InlineData("77 (a) S 1")]
    public void What_is_no_process_is_none(string stat) =>
        Assert.Null(ProcessEntry.Parse(77, System.Text.Encoding.ASCII.GetBytes(stat)));

    [Fact]
    public void This_process_is_found_with_its_parent()
    {
        var me = Assert.Single(ProcessEntry.ReadAll(), entry => entry.Pid == Environment.ProcessId);

        Assert.False(me.Dead);
        Assert.NotNull(ProcessEntry.Read(me.Parent));
        Assert.Null(ProcessEntry.Read(int.MaxValue));
    }
}
