using Microsoft.Extensions.Logging;
using Wegent.Messaging;
using Wegent.Storage;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>
/// The newest part of the log of resources, read once for all who watch in this process. Each of them has a position of its own and
/// reads here, or from the store when it is further behind: nobody is waited for, and nothing is kept for anybody.
/// </summary>
internal sealed class ResourceFeed(IResourceStore resources, ResourceViews views, IHintBus hints, TimeProvider clock, ILogger<ResourceFeed> logger) : IDisposable
{
    /// <summary>How many of the newest entries are kept.</summary>
    private const int MaxEntries = 4096;
    private const int PageLength = 1000;
    private const long NotBegun = -1;

    /// <summary>How often the store is looked at when no hint comes.</summary>
    private static readonly TimeSpan LookAtLeast = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<FeedEntry> _entries = [];
    private long _before = NotBegun; // the entries are all there are after this version
    private long _newest = NotBegun;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _reading;
    private int _watchers;

    /// <summary>Ends when there is more to read than at this moment. Ask before you look.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    /// <summary>How many watch.</summary>
    internal int Watchers => _watchers;

    /// <summary>Watches until disposed. While anybody does, the log is read.</summary>
    public IDisposable Open()
    {
        lock (_gate)
        {
            if (_watchers++ == 0)
            {
                _reading = new CancellationTokenSource();
                _ = Task.Run(() => ReadAsync(_reading.Token));
            }
        }

        return new Seat(this);
    }

    /// <summary>Some entries after a version, in order; none when there are none yet; null when the feed does not reach so far, back or ahead.</summary>
    public IReadOnlyList<FeedEntry>? Read(long after, int max)
    {
        lock (_gate)
        {
            if (_before == NotBegun || after < _before || after > _newest)
                return null;
            var first = _entries.Count;
            while (first > 0 && _entries[first - 1].Version > after)
                first--; // from the end: most who look have read all but the last few
            return _entries.GetRange(first, Math.Min(max, _entries.Count - first));
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _reading?.Cancel();
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        using var changed = hints.Subscribe(HintTopics.Resources);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // To begin with, only what comes from now on: who asks for more reads the store.
                var page = await resources.ReadLogAsync(_newest == NotBegun ? long.MaxValue : _newest, PageLength, stop).ConfigureAwait(false);
                if (Take(page, stop) == PageLength)
                    continue;
                await changed.WaitAsync(LookAtLeast, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // whatever is wrong with the store, those who watch wait for it
            catch (Exception error)
#pragma warning restore CA1031
            {
                logger.FeedFailed(error);
                await Task.Delay(LookAtLeast, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private int Take(ResourceLogPage page, CancellationToken stop)
    {
        TaskCompletionSource? done = null;
        lock (_gate)
        {
            if (stop.IsCancellationRequested)
                return 0; // the last watcher left meanwhile, and perhaps another came and another reader with it
            if (_newest == NotBegun || page.Oldest > _newest || page.Version < _newest)
            {
                // The beginning, or a log that is not the one that was read so far.
                _entries.Clear();
                _before = _newest = page.Version;
                (done, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            else if (page.Entries.Count > 0)
            {
                _entries.AddRange(page.Entries.Select(entry => new FeedEntry(entry, views)));
                _newest = page.Entries[^1].Version;
                if (_entries.Count > MaxEntries)
                {
                    var surplus = _entries.Count - (MaxEntries / 2);
                    _before = _entries[surplus - 1].Version;
                    _entries.RemoveRange(0, surplus);
                }

                (done, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        done?.SetResult();
        return page.Entries.Count;
    }

    private void Close()
    {
        lock (_gate)
        {
            if (--_watchers > 0)
                return;
            _reading?.Cancel();
            _reading?.Dispose();
            _reading = null;
            _entries.Clear();
            _before = _newest = NotBegun;
        }
    }

    private sealed class Seat(ResourceFeed feed) : IDisposable
    {
        private int _isClosed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isClosed, 1) == 0)
                feed.Close();
        }
    }
}
