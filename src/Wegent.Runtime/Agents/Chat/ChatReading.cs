using Microsoft.Extensions.AI;
using Wegent.Runtime.Egress;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>Reads a model's stream piece by piece, and gives up when it says nothing for too long.</summary>
internal sealed class ChatReading : IAsyncDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _reading;
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;

    public ChatReading(IAsyncEnumerable<ChatResponseUpdate> updates, TimeSpan silenceLimit, TimeProvider clock, CancellationToken cancellationToken)
    {
        _limit = silenceLimit;
        _silence = new CancellationTokenSource(silenceLimit, clock);
        _reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _silence.Token);
        _updates = updates.GetAsyncEnumerator(_reading.Token);
    }

    /// <summary>The next piece; null at the end.</summary>
    /// <exception cref="SilenceException">Nothing came within the limit.</exception>
    public async Task<ChatResponseUpdate?> NextAsync()
    {
        try
        {
            _silence.CancelAfter(_limit);
            return await _updates.MoveNextAsync().ConfigureAwait(false) ? _updates.Current : null;
        }
        catch (Exception error) when (_silence.IsCancellationRequested && error is not SilenceException)
        {
            throw new SilenceException(_limit);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _updates.DisposeAsync().ConfigureAwait(false);
        _reading.Dispose();
        _silence.Dispose();
    }
}
