using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Wegent.Agents;
using Wegent.Resources;
using Wegent.Runtime.Egress;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.Dify;

/// <summary>A Dify application, called over its service API: chat, agent and chatflow applications keep their conversation, workflows and completions have none.</summary>
internal sealed class DifyAgent(EgressHttp http, IOptions<DifyAgentOptions> options, TimeProvider clock) : IHostedAgent
{
    public string ShellType => ShellTypes.Dify;

    public async IAsyncEnumerable<AgentEvent> RunAsync(AgentRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var settings = DifySettings.Of(request, options.Value.BaseUrl);
        var redactor = SecretRedactor.For(request);
        var failures = new DifyFailure(settings.Host, redactor);
        using var calls = new DifyCalls(http, settings, DifySettings.UserOf(request), options.Value, clock);

        var (started, failure) = await StartAsync(calls, settings, request, failures, cancellationToken).ConfigureAwait(false);
        if (started is not { } run)
        {
            yield return new AgentFailed(failure!, TokenUsage.None);
            yield break;
        }

        using var response = run.Response;
        var translator = new DifyTranslator(run.Mode, settings.Address, failures, redactor);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var messages = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (messages.ConfigureAwait(false))
        {
            try
            {
                while (!translator.HasEnded)
                {
                    List<AgentEvent> events = [];
                    try
                    {
                        if (await messages.MoveNextAsync().ConfigureAwait(false))
                            Read(messages.Current.Data, translator, events);
                        else
                            translator.End(failure: null, events);
                    }
#pragma warning disable CA1031 // whatever ends the stream ends the run
                    catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
                    {
                        translator.End(failures.Of(error), events);
                    }

                    foreach (var agentEvent in events)
                        yield return agentEvent;
                }
            }
            finally
            {
                // Left before the end: cancelled, timed out, or this host stops. The application would go on, and cost.
                if (!translator.HasEnded && translator.RunId is { } runId)
                    await calls.StopAsync(run.Mode, runId).ConfigureAwait(false);
            }
        }
    }

    private static async Task<(Started? Run, Failure? Failure)> StartAsync(DifyCalls calls, DifySettings settings, AgentRequest request, DifyFailure failures, CancellationToken cancellationToken)
    {
        var (prompt, conversation) = (settings.Prompt, request.SessionId);
        try
        {
            var mode = await calls.FindModeAsync(cancellationToken).ConfigureAwait(false) ?? DifyMode.Chat;
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return (new Started(mode, await calls.StartAsync(mode, prompt, conversation, cancellationToken).ConfigureAwait(false)), null);
                }
                catch (DifyException error) when (attempt < 3 && error.Code is "not_chat_app" or "not_workflow_app")
                {
                    mode = error.Code == "not_chat_app" ? DifyMode.Workflow : DifyMode.Completion; // an old server does not tell its mode beforehand
                }
                catch (DifyException error) when (attempt < 3 && error.Status == 404 && mode == DifyMode.Chat && conversation is not null)
                {
                    // Somebody deleted the conversation in Dify: a new one is told what the record has.
                    prompt = LostSession.Retell(request with { Prompt = settings.Prompt }).Prompt;
                    conversation = null;
                }
            }
        }
#pragma warning disable CA1031 // whatever the call died of is a failure of the run
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return (null, failures.Of(error));
        }
    }

    private static void Read(string data, DifyTranslator translator, List<AgentEvent> events)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            translator.Translate(document.RootElement, events);
        }
        catch (JsonException)
        {
            // Not an event of Dify's: a proxy's remark, or one cut in the middle. The end of the stream tells whether it mattered.
        }
    }

    private readonly record struct Started(DifyMode Mode, HttpResponseMessage Response);
}
