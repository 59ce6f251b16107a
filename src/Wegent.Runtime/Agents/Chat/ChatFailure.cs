using System.Net.Sockets;
using Wegent.Runtime.Egress;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.Chat;

/// <summary>Says what kind of failure an exception of a model call is, in words that a person understands.</summary>
/// <param name="service">Who was called, for the message.</param>
/// <param name="redactor">Takes secrets out of the service's own words.</param>
internal sealed class ChatFailure(string service, SecretRedactor redactor)
{
    private const int LongestQuote = 600;

    /// <summary>The failure.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="hasBegun">Whether a part of the answer had come.</param>
    public Failure Of(Exception error, bool hasBegun)
    {
        for (var at = error; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case EgressRefusedException refused:
                    return new(FailureReason.Misconfigured, refused.Message);
                case ModelReplyException reply:
                    return OfReply(reply);
                case SilenceException silence:
                    return new(FailureReason.TimedOut, $"{Sentence(service)} said nothing for {silence.Limit.TotalSeconds:0} s");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return new(FailureReason.ModelUnreachable, $"{Sentence(service)} cannot be reached: there is no such host");
                case SocketException socket when !hasBegun:
                    return new(FailureReason.ModelUnreachable, $"{Sentence(service)} cannot be reached ({socket.SocketErrorCode})");
            }
        }

        // What is left are connections that end in the middle, and events within the stream that say "error".
        var words = error.Message;
        if (words.Contains("overloaded", StringComparison.OrdinalIgnoreCase))
            return new(FailureReason.Overloaded, $"{Sentence(service)} is overloaded");
        if (words.Contains("rate limit", StringComparison.OrdinalIgnoreCase) || words.Contains("rate_limit", StringComparison.OrdinalIgnoreCase))
            return new(FailureReason.RateLimited, $"{Sentence(service)} limits requests");
        return hasBegun
            ? Quote(FailureReason.ModelUnreachable, $"{Sentence(service)} broke off its answer", words)
            : Quote(FailureReason.ModelUnreachable, $"{Sentence(service)} gave no answer", words);
    }

    /// <summary>Whether a call is worth repeating that failed like this before anything of its answer had come.</summary>
    public static bool IsPassing(Failure failure) => failure.Reason is FailureReason.RateLimited or FailureReason.Overloaded or FailureReason.ModelUnreachable;

    /// <summary>A name at the start of a sentence.</summary>
    public static string Sentence(string service) => char.ToUpperInvariant(service[0]) + service[1..];

    private Failure OfReply(ModelReplyException reply)
    {
        var words = reply.Message;
        var reason = ReasonOf(reply, words);
        var sentence = reason switch
        {
            FailureReason.Authentication => $"{Sentence(service)} refused the API key ({reply.Status})",
            FailureReason.BudgetExceeded => $"The account at {service} has no credit left ({reply.Status})",
            FailureReason.RateLimited or FailureReason.Overloaded or FailureReason.ModelUnreachable when reply.Status == 200 && (reply.Type is not null || words.Length > 0) => $"{Sentence(service)} broke off its answer with an error",
            FailureReason.RateLimited => $"{Sentence(service)} limits requests ({reply.Status})",
            FailureReason.Overloaded when reply.Status is 529 or 503 => $"{Sentence(service)} is overloaded ({reply.Status})",
            FailureReason.Overloaded => $"{Sentence(service)} failed ({reply.Status})",
            FailureReason.ContextTooLong => "The conversation is too long for the model",
            FailureReason.Refused => "The model declined to answer",
            FailureReason.ModelUnreachable when reply.Status == 200 => $"{Sentence(service)} is no model service: a web page stands at its address",
            FailureReason.ModelUnreachable => $"{Sentence(service)} gave no answer ({reply.Status})",
            _ when reply.Status == 404 => $"{Sentence(service)} does not know the model or the address ({reply.Status})",
            _ => $"{Sentence(service)} did not accept the request ({reply.Status})",
        };
        return Quote(reason, sentence, words);
    }

    private static FailureReason ReasonOf(ModelReplyException reply, string words)
    {
        if (reply.ErrorCode is "context_length_exceeded" || Says("prompt is too long") || Says("maximum context length"))
            return FailureReason.ContextTooLong;
        if (reply.ErrorCode is "insufficient_quota" or "billing_hard_limit_reached" || reply.Type is "insufficient_quota" or "billing_error" || Says("credit balance"))
            return FailureReason.BudgetExceeded;
        if (reply.ErrorCode is "content_filter" or "content_policy_violation")
            return FailureReason.Refused;
        if (reply.Status == 200 && (reply.Type is not null || words.Length > 0))
            return Says("overloaded") || reply.Type is "server_error" ? FailureReason.Overloaded : Says("rate limit") ? FailureReason.RateLimited : FailureReason.ModelUnreachable;
        return reply.Status switch
        {
            200 or 408 => FailureReason.ModelUnreachable,
            401 or 403 => FailureReason.Authentication,
            402 => FailureReason.BudgetExceeded,
            413 => FailureReason.ContextTooLong,
            429 => FailureReason.RateLimited,
            >= 500 => FailureReason.Overloaded,
            >= 300 and < 400 => FailureReason.BadRequest,
            _ => FailureReason.BadRequest,
        };

        bool Says(string phrase) => words.Contains(phrase, StringComparison.OrdinalIgnoreCase);
    }

    private Failure Quote(FailureReason reason, string sentence, string words)
    {
        words = redactor.Redact(words).ReplaceLineEndings(" ").Trim();
        if (words.Length > LongestQuote)
            words = $"{words.AsSpan(0, LongestQuote)}…";
        return new(reason, words.Length == 0 ? sentence : $"{sentence}: {words}");
    }
}
