using System.Net.Sockets;
using Wegent.Runtime.Egress;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.Dify;

/// <summary>Says what kind of failure a code of Dify's, or an exception of a call, is, in words that a person understands.</summary>
internal sealed class DifyFailure(string host, SecretRedactor redactor)
{
    private const int LongestQuote = 600;

    /// <summary>The failure behind an exception.</summary>
    public Failure Of(Exception error)
    {
        for (var at = error; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case EgressRefusedException refused:
                    return new(FailureReason.Misconfigured, refused.Message);
                case DifyException reply:
                    return OfCode(reply.Code, reply.Status, reply.Message);
                case SilenceException silence:
                    return new(FailureReason.TimedOut, $"Dify at {host} said nothing for {silence.Limit.TotalSeconds:0} s");
                case SocketException socket:
                    return new(FailureReason.ModelUnreachable, $"Dify at {host} cannot be reached ({socket.SocketErrorCode})");
            }
        }

        return Quote(FailureReason.ModelUnreachable, $"Dify at {host} broke off its answer", error.Message);
    }

    /// <summary>The failure that a code and a status stand for, whether they came as a reply or in the stream.</summary>
    public Failure OfCode(string? code, int status, string words)
    {
        var (reason, sentence) = (code, status) switch
        {
            ("unauthorized", _) or (_, 401) => (FailureReason.Authentication, $"Dify at {host} refused the application's key"),
            ("provider_quota_exceeded", _) => (FailureReason.BudgetExceeded, "The quota of the model that the Dify application uses is spent"),
            ("provider_not_initialize" or "model_currently_not_support", _) => (FailureReason.Misconfigured, "The Dify application has no model that it can use"),
            ("app_unavailable" or "forbidden", _) or (_, 403) => (FailureReason.Misconfigured, "The Dify application is not there any more, or its API is turned off"),
            ("conversation_completed", _) => (FailureReason.Misconfigured, "The conversation in Dify was closed; start a new task"),
            ("too_many_requests" or "rate_limit_error", _) or (_, 429) => (FailureReason.RateLimited, $"Dify at {host} limits requests"),
            ("completion_request_error", _) when Says("rate limit") => (FailureReason.RateLimited, "The model behind the Dify application limits requests"),
            ("completion_request_error", _) when Says("overloaded") => (FailureReason.Overloaded, "The model behind the Dify application is overloaded"),
            ("completion_request_error", _) => (FailureReason.BadRequest, "The model behind the Dify application did not answer"),
            ("not_found", _) or (_, 404) => (FailureReason.BadRequest, $"Dify at {host} does not know the address or the conversation"),
            (_, >= 500) => (FailureReason.Overloaded, $"Dify at {host} failed ({status})"),
            (_, >= 400) => (FailureReason.BadRequest, $"Dify at {host} did not accept the request ({code ?? status.ToString()})"),
            (_, >= 300) => (FailureReason.ModelUnreachable, $"Dify at {host} wants to be called at another address ({status})"),
            _ => (FailureReason.ModelUnreachable, $"Dify at {host} reported an error ({code ?? "no code"})"),
        };
        return Quote(reason, sentence, words);

        bool Says(string phrase) => words.Contains(phrase, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A workflow that ended without success.</summary>
    public Failure OfWorkflow(string words) => Quote(FailureReason.ToolFailure, "The Dify workflow failed", words);

    private Failure Quote(FailureReason reason, string sentence, string words)
    {
        words = redactor.Redact(words).ReplaceLineEndings(" ").Trim();
        if (words.Length > LongestQuote)
            words = $"{words.AsSpan(0, LongestQuote)}…";
        return new(reason, words.Length == 0 ? sentence : $"{sentence}: {words}");
    }
}
