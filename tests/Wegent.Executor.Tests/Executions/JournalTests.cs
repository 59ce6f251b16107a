using Wegent.Executor.Executions;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests.Executions;

public sealed class JournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("wx-journal-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Any_line_is_found_again_among_many()
    {
        using var journal = new Journal(folder);
        for (var i = 0; i < 20_000; i++)
        {
            journal.Append(i % 3 == 0, System.Text.Encoding.UTF8.GetBytes($"line {i}"), cut: i % 7);
            if (i % 100 == 99)
                journal.Flush();
        }

        foreach (var from in (long[])[0, 1, 4095, 13_333, 19_999])
        {
            var line = Assert.Single(journal.OpenReader(from).Read(1, out _));
            Assert.Equal(new WireLine { Text = $"line {from}", Err = from % 3 == 0, Cut = from % 7 }, line);
        }

        Assert.Empty(journal.OpenReader(20_000).Read(1, out _));
    }

    [Fact]
    public void A_batch_ends_at_its_bytes_and_holds_one_line_at_least()
    {
        using var journal = new Journal(folder);
        journal.Append(false, new byte[1000], 0);
        journal.Append(false, [], 0);
        journal.Append(false, [], 0);
        journal.Append(false, new byte[1000], 0);
        journal.Flush();
        var reader = journal.OpenReader(0);

        Assert.Single(reader.Read(10, out var cost));
        Assert.Equal(1000 + JournalReader.LineOverhead, cost);
        Assert.Equal(2, reader.Read(2 * JournalReader.LineOverhead + 999, out _).Count);
        Assert.Single(reader.Read(1_000_000, out _));
        Assert.Equal(4, reader.Next);
    }

    [Fact]
    public async Task Who_waits_is_woken_by_a_line_and_by_the_end()
    {
        using var journal = new Journal(folder);
        var first = journal.WaitAsync(0, TestContext.Current.CancellationToken);
        journal.Append(false, [], 0);
        Assert.False(first.IsCompleted);
        journal.Flush();
        Assert.True(await first);

        var second = journal.WaitAsync(1, TestContext.Current.CancellationToken);
        journal.Complete();
        Assert.False(await second);
        Assert.True(await journal.WaitAsync(0, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Its_file_has_no_name()
    {
        using var journal = new Journal(folder);
        journal.Append(false, new byte[10_000], 0);
        journal.Flush();

        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Assert.Equal(10_000 + Journal.HeaderLength, journal.Length);
    }
}
