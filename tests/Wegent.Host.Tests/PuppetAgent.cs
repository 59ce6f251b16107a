using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Wegent.Agents;
using Wegent.Tasks;

namespace Wegent.Hosting.Tests;

/// <summary>An agent in the host's process that does what the test says (<c>shellType: Puppet</c>).</summary>
internal sealed class PuppetAgent : IHostedAgent
{
    public const string Shell = "Puppet";

    public static TokenUsage Usage { get; } = new(12, 34, 0, 0);

    /// <summary>What it does with a request. Says the prompt back unless a test sets another.</summary>
    public Func<AgentRequest, CancellationToken, IAsyncEnumerable<AgentEvent>> Script { get; set; } = Echo;

    public string ShellType => Shell;

    /// <summary>What it was asked so far.</summary>
    public ConcurrentQueue<AgentRequest> Requests { get; } = [];

    public IAsyncEnumerable<AgentEvent> RunAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        return Script(request, cancellationToken);
    }

    public static async IAsyncEnumerable<AgentEvent> Echo(AgentRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        yield return new AgentText("b1", request.Prompt);
        yield return new AgentCompleted(null, Usage);
    }

    /// <summary>Says so many pieces, each in a block of its own so that none is joined with the next, then ends.</summary>
    public static Func<AgentRequest, CancellationToken, IAsyncEnumerable<AgentEvent>> Pieces(int count, int length = 20) => (_, cancellationToken) => PiecesAsync(count, length, cancellationToken);

    /// <summary>Says a word and then waits until it is let go.</summary>
    public static Func<AgentRequest, CancellationToken, IAsyncEnumerable<AgentEvent>> Until(Task gate, string word = "working") => (_, cancellationToken) => UntilAsync(gate, word, cancellationToken);

    private static async IAsyncEnumerable<AgentEvent> PiecesAsync(int count, int length, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new AgentText($"b{i}", $"{i} ".PadRight(length, 'x'));
        }

        yield return new AgentCompleted(null, Usage);
    }

    private static async IAsyncEnumerable<AgentEvent> UntilAsync(Task gate, string word, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new AgentText("b1", word);
        await gate.WaitAsync(cancellationToken);
        yield return new AgentText("b1", " done");
        yield return new AgentCompleted(null, Usage);
    }
}
