using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Wegent.Agents;
using Wegent.Resources;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>A model spoken to directly: no sandbox, no session, the conversation told from the record each time.</summary>
internal sealed class ChatAgent(ChatClientSource clients, IOptions<ChatAgentOptions> options, TimeProvider clock) : IHostedAgent
{
    private static readonly TimeSpan FirstRetryWait = TimeSpan.FromMilliseconds(500);

    public string ShellType => ShellTypes.Chat;

    public async IAsyncEnumerable<AgentEvent> RunAsync(AgentRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var redactor = SecretRedactor.For(request);
        using var source = clients.Open(request, cancellationToken);
        var failures = new ChatFailure(source.Service, redactor);
        var answer = new ChatAnswer(redactor);
        var settings = ChatSettings.Of(request);
        var messages = ChatHistory.Build(request, ContextOf(request) - (settings.MaxOutputTokens ?? options.Value.MaxOutputTokens));

        Failure? failure = null;
        await foreach (var agentEvent in AskAsync(source.Client, messages, settings, answer, failures, cancellationToken).ConfigureAwait(false))
        {
            if (agentEvent is AgentFailed failed)
                failure = failed.Failure;
            else
                yield return agentEvent;
        }

        foreach (var rest in answer.Close())
            yield return rest;
        failure ??= answer.Finish == ChatFinishReason.ContentFilter ? new Failure(FailureReason.Refused, "The model declined to answer")
            : answer.Finish is null && source.SaysWhyItStops ? new Failure(FailureReason.ModelUnreachable, $"{ChatFailure.Sentence(source.Service)} broke off its answer")
            : null;
        if (failure is not null)
        {
            yield return new AgentFailed(failure, answer.Usage);
            yield break;
        }

        if (answer.Finish == ChatFinishReason.Length)
        {
            foreach (var note in answer.Note("[The answer ends here: it reached the model's length limit.]"))
                yield return note;
        }

        yield return new AgentCompleted(Text: null, answer.Usage);
    }

    private int ContextOf(AgentRequest request) => request.ModelContextWindow ?? options.Value.ContextTokens;

    /// <summary>One call of the model, repeated while nothing of its answer has come. A failure is its last event.</summary>
    private async IAsyncEnumerable<AgentEvent> AskAsync(
        IChatClient client, List<ChatMessage> messages, ChatOptions settings, ChatAnswer answer, ChatFailure failures, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            answer.BeginCall();
            var hasBegun = false;
            Failure? failure = null;
            TimeSpan? asked = null;
            var reading = new ChatReading(client.GetStreamingResponseAsync(messages, settings, cancellationToken), options.Value.SilenceTimeout, clock, cancellationToken);
            await using (reading.ConfigureAwait(false))
            {
                while (failure is null)
                {
                    ChatResponseUpdate? update = null;
                    try
                    {
                        update = await reading.NextAsync().ConfigureAwait(false);
                    }
#pragma warning disable CA1031 // whatever a client throws is a failed call
                    catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
                    {
                        failure = failures.Of(error, hasBegun);
                        asked = ModelReplyException.FindIn(error)?.RetryAfter;
                    }

                    if (update is null)
                        break;
                    foreach (var agentEvent in answer.Add(update))
                    {
                        hasBegun = true;
                        yield return agentEvent;
                    }
                }
            }

            if (failure is null)
                yield break;

            var wait = asked ?? FirstRetryWait * Math.Pow(2, attempt);
            if (hasBegun || attempt >= options.Value.MaxRetries || !ChatFailure.IsPassing(failure) || wait > options.Value.MaxRetryWait)
            {
                yield return new AgentFailed(failure, answer.Usage);
                yield break;
            }

            yield return new AgentProgress($"{failure.Message}. Trying again in {Math.Max(1, Math.Ceiling(wait.TotalSeconds)):0} s", failure.Reason);
            await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
