using Wegent.Hosting.Realtime;

namespace Wegent.Hosting.Tests.Realtime;

public sealed class FrameLogTests
{
    [Fact]
    public void A_reader_walks_from_any_number_that_is_kept()
    {
        var log = new FrameLog(startSeq: 10);
        Add(log, 11, 20);
        Assert.Equal([11L, 12, 13], Walk(log, 10).Take(3));
        Assert.Equal([16L, 17, 18, 19, 20], Walk(log, 15));
        Assert.Empty(Walk(log, 20));
        Assert.Null(log.Find(9));
        Assert.Equal(20, log.LastSeq);
    }

    [Fact]
    public void What_is_kept_is_bounded_by_number_whoever_still_stands_there()
    {
        var log = new FrameLog(startSeq: 0);
        Add(log, 1, 1);
        var stuck = log.Find(0)!;
        Add(log, 2, FrameLog.MaxFrames + 100);
        Assert.Equal(100, log.AnchorSeq);
        Assert.Same(Frame.Dropped, stuck.Next);
        Assert.Null(log.Find(99));
        Assert.Equal(FrameLog.MaxFrames, Walk(log, 100).Count());
    }

    [Fact]
    public void What_is_kept_is_bounded_by_bytes_but_the_newest_stays()
    {
        var log = new FrameLog(startSeq: 0);
        for (var seq = 1; seq <= 5; seq++)
            log.Append(new Frame(seq, new byte[400 * 1024]));
        Assert.Equal([4L, 5], Walk(log, log.AnchorSeq));
        log.Append(new Frame(6, new byte[FrameLog.MaxBytes * 2]));
        Assert.Equal([6L], Walk(log, log.AnchorSeq));
    }

    [Fact]
    public async Task Readers_never_miss_a_frame_while_the_writer_goes_on()
    {
        const int count = 200_000;
        var log = new FrameLog(startSeq: 0);
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var seq = 0L;
            var at = log.Find(0);
            while (seq < count)
            {
                var next = at?.Next;
                if (at is null || next == Frame.Dropped)
                {
                    // Fell behind, as a viewer does that then reads the store: it goes on from what is kept.
                    seq = Math.Max(seq, log.AnchorSeq);
                    at = log.Find(seq);
                }
                else if (next is not null)
                {
                    Assert.Equal(seq + 1, next.Seq);
                    seq = next.Seq;
                    at = next;
                }
            }
        })).ToArray();
        Add(log, 1, count);
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static void Add(FrameLog log, long from, long to)
    {
        for (var seq = from; seq <= to; seq++)
            log.Append(new Frame(seq, [1]));
    }

    private static IEnumerable<long> Walk(FrameLog log, long after)
    {
        for (var at = log.Find(after); at?.Next is { } next && next != Frame.Dropped; at = next)
            yield return next.Seq;
    }
}
