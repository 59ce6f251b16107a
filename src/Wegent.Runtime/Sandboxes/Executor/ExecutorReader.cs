using System.Threading.Channels;
using Wegent.Sandboxes.Wire;

namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>
/// The output of one execution over one link. What has arrived and is not consumed is bounded by the window, which the executor
/// observes; one that does not is cut off.
/// </summary>
internal sealed class ExecutorReader : IAsyncDisposable
{
    // Every line counts 64 bytes beside its text, so no more batches than this fit the window.
    private const int LeastCost = 64;

    private readonly ExecutorLink link;
    private readonly Channel<ExecutorMessage> messages;

    /// <summary>Makes room for a window.</summary>
    public ExecutorReader(long id, int window, ExecutorLink link)
    {
        Id = id;
        this.link = link;
        messages = Channel.CreateBounded<ExecutorMessage>(new BoundedChannelOptions((window / LeastCost) + 2) { SingleReader = true });
    }

    /// <summary>Its id on the link.</summary>
    public long Id { get; }

    /// <summary>What has arrived, in order; fails with <see cref="LinkBrokenException"/> when the link has broken.</summary>
    public ChannelReader<ExecutorMessage> Messages => messages.Reader;

    /// <summary>Says that all lines before a number are consumed.</summary>
    public Task AcknowledgeAsync(long next) => link.AcknowledgeAsync(this, next);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await link.CloseReaderAsync(this).ConfigureAwait(false);

    internal bool TryAdd(ExecutorMessage message) => messages.Writer.TryWrite(message);

    internal void Break() => messages.Writer.TryComplete(new LinkBrokenException());
}
