using System.Text;
using Wegent.Executor.Executions;

namespace Wegent.Executor.Tests.Executions;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Lines_come_out_the_same_however_the_bytes_come_in(int piece)
    {
        List<(string Text, long Cut)> lines = [];
        var splitter = new LineSplitter(8, (line, cut) => lines.Add((Encoding.UTF8.GetString(line), cut)));
        var input = Encoding.UTF8.GetBytes("one\n\n12345678\n123456789ab\nend\r\nrest");

        for (var i = 0; i < input.Length; i += piece)
            splitter.Feed(input.AsSpan(i, Math.Min(piece, input.Length - i)));
        splitter.Finish();
        splitter.Finish();

        Assert.Equal([("one", 0), ("", 0), ("12345678", 0), ("12345678", 3), ("end\r", 0), ("rest", 0)], lines);
    }
}
