using System.Globalization;
using System.Text.Json;
using Wegent.Tasks;

namespace Wegent.Runtime.Agents.ClaudeCode;

/// <summary>Says what kind of failure a result, a refused call or a sudden end is, in words a person understands.</summary>
/// <remarks>
/// The program's own words follow ours. What decides: its state (<c>subtype</c>, <c>terminal_reason</c>, <c>stop_reason</c>), then the status
/// of the model's reply, then its word for the error, and only then what the text says.
/// </remarks>
internal sealed class ClaudeCodeFailure(string host, SecretRedactor redactor)
{
    private const int LongestQuote = 600;

    /// <summary>Failure of a run whose result is an error.</summary>
    /// <param name="result">The result.</param>
    /// <param name="errorWord">The program's word for the error, from the message before it; null when there was none.</param>
    /// <param name="retried">Status of the call that was repeated last, and in vain; null when none was.</param>
    public Failure OfResult(JsonElement result, string? errorWord, long? retried)
    {
        var text = result.GetText("result") ?? string.Join("; ", result.GetItems("errors").Where(error => error.ValueKind == JsonValueKind.String).Select(error => error.GetString()));
        var subtype = result.GetText("subtype") ?? "";
        var terminal = result.GetText("terminal_reason") ?? "";
        if (terminal.StartsWith("aborted_", StringComparison.Ordinal))
            return new(FailureReason.Cancelled, "The run was stopped");

        switch (subtype)
        {
            case "error_max_turns":
                return Quote(FailureReason.BudgetExceeded, "The agent used up its turns", text);
            case "error_max_budget_usd":
                return Quote(FailureReason.BudgetExceeded, "The agent used up its budget", text);
            case "error_max_structured_output_retries":
                return Quote(FailureReason.BadRequest, "The model did not answer in the form it was asked for", text);
            case "error_during_execution" when text.Contains("No conversation found", StringComparison.OrdinalIgnoreCase):
                return Quote(FailureReason.SandboxLost, "The agent's earlier conversation is gone: the sandbox that held it was removed", text);
            case "error_during_execution":
                return Quote(FailureReason.AgentCrashed, "Claude Code met an error while it worked", text);
        }

        if (terminal == "prompt_too_long")
            return Quote(FailureReason.ContextTooLong, "The conversation is too long for the model", text);
        if (result.GetText("stop_reason") == "refusal")
            return Quote(FailureReason.Refused, "The model declined to answer", text);
        return OfCall(result.GetNumber("api_error_status") ?? StatusIn(text), errorWord, text, retried);
    }

    /// <summary>Failure of a call of the model that was refused for its credential: repeating it is in vain.</summary>
    public Failure OfRefusedKey(long? status) => new(FailureReason.Authentication, $"The model service at {host} refused the API key ({status ?? 401})");

    /// <summary>What went wrong with a call that is repeated.</summary>
    public static FailureReason ReasonOf(long? status, string? errorWord) => Classify(status, errorWord, text: "") ?? FailureReason.ModelUnreachable;

    /// <summary>Failure of a run that ended without a result.</summary>
    /// <param name="exitCode">Exit code of the program.</param>
    /// <param name="detail">Why the executor ended it; null when it did not.</param>
    /// <param name="lastWords">What it printed last that was no event.</param>
    public Failure OfExit(int exitCode, string? detail, IReadOnlyCollection<string> lastWords)
    {
        var words = string.Join('\n', lastWords);
        return (detail, exitCode) switch
        {
            ("stopped", _) => new(FailureReason.Cancelled, "The run was stopped"),
            ("output_limit", _) => new(FailureReason.AgentCrashed, "Claude Code was ended because it printed more than a run may"),
            ("out_of_memory", _) or (null, 137) => new(FailureReason.OutOfMemory, "Claude Code was killed (exit code 137), most likely because the sandbox's memory was used up"),
            ("journal_failed", _) => new(FailureReason.SandboxLost, "Claude Code was ended because its output could not be kept; the sandbox's disk may be full"),
            (_, 126 or 127) => Quote(FailureReason.Misconfigured, $"The sandbox cannot run Claude Code (exit code {exitCode}); its image may lack the program", words),
            (_, 143) => Quote(FailureReason.AgentCrashed, "Claude Code was ended from outside (exit code 143)", words),
            _ when words.Contains("MCP", StringComparison.Ordinal) && words.Contains("nvalid", StringComparison.Ordinal) =>
                Quote(FailureReason.Misconfigured, "Claude Code does not accept the MCP servers of the bot's ghost", words),
            _ when words.Contains("cannot be used with root", StringComparison.Ordinal) =>
                Quote(FailureReason.Misconfigured, "Claude Code refuses to run as root in this permission mode", words),
            _ => Quote(FailureReason.AgentCrashed, $"Claude Code ended without a result (exit code {exitCode})", words),
        };
    }

    private Failure OfCall(long? status, string? errorWord, string text, long? retried)
    {
        var reason = Classify(status, errorWord, text) ?? (retried is null ? null : Classify(retried, null, "")) ?? FailureReason.AgentCrashed;
        var code = (status ?? retried) is { } number ? $" ({number})" : "";
        var sentence = reason switch
        {
            FailureReason.Authentication when status is null => "Claude Code has no valid credential for the model",
            FailureReason.Authentication => $"The model service at {host} refused the API key{code}",
            FailureReason.BudgetExceeded when errorWord == "max_output_tokens" => "The model's answer reached its length limit",
            FailureReason.BudgetExceeded => $"The account at {host} has no credit left{code}",
            FailureReason.RateLimited => $"The model service at {host} limits requests{code}",
            FailureReason.Overloaded when (status ?? retried) is null or 529 => $"The model service at {host} is overloaded{code}",
            FailureReason.Overloaded => $"The model service at {host} failed{code}",
            FailureReason.ContextTooLong => "The conversation is too long for the model",
            FailureReason.Refused => "The model declined to answer",
            FailureReason.BadRequest when status == 404 => $"The model service at {host} does not know the model or the address{code}",
            FailureReason.BadRequest => $"The model service at {host} did not accept the request{code}",
            FailureReason.ModelUnreachable when text.Contains("Unable to connect", StringComparison.OrdinalIgnoreCase) => $"The model service at {host} cannot be reached",
            FailureReason.ModelUnreachable => $"The model service at {host} broke off its answer",
            _ => "Claude Code reported an error",
        };
        return Quote(reason, sentence, text);
    }

    private static FailureReason? Classify(long? status, string? errorWord, string text)
    {
        if (text.StartsWith("Prompt is too long", StringComparison.OrdinalIgnoreCase))
            return FailureReason.ContextTooLong;
        if (text.Contains("credit balance", StringComparison.OrdinalIgnoreCase))
            return FailureReason.BudgetExceeded;
        return (errorWord, status) switch
        {
            ("billing_error", _) or (_, 402) => FailureReason.BudgetExceeded,
            ("max_output_tokens", _) => FailureReason.BudgetExceeded,
            ("authentication_failed" or "oauth_org_not_allowed", _) or (_, 401 or 403) => FailureReason.Authentication,
            ("rate_limit", _) or (_, 429) => FailureReason.RateLimited,
            ("overloaded", _) or (_, 529) => FailureReason.Overloaded,
            ("model_not_found", _) or (_, 404) => FailureReason.BadRequest,
            (_, 413) => FailureReason.ContextTooLong,
            (_, 408) => FailureReason.ModelUnreachable,
            (_, >= 500) => FailureReason.Overloaded,
            (_, >= 400) => FailureReason.BadRequest,
            _ when IsBrokenConnection(text) => FailureReason.ModelUnreachable,
            _ when text.Contains("overloaded", StringComparison.OrdinalIgnoreCase) => FailureReason.Overloaded,
            ("server_error", _) => FailureReason.Overloaded,
            ("invalid_request", _) => FailureReason.BadRequest,
            ("unknown", _) when text.StartsWith("API Error", StringComparison.Ordinal) => FailureReason.ModelUnreachable,
            _ => null,
        };
    }

    private static bool IsBrokenConnection(string text) =>
        text.Contains("Unable to connect", StringComparison.OrdinalIgnoreCase)
        || text.Contains("Connection error", StringComparison.OrdinalIgnoreCase)
        || text.Contains("Connection closed", StringComparison.OrdinalIgnoreCase)
        || text.Contains("Stream ended", StringComparison.OrdinalIgnoreCase)
        || text.Contains("timed out", StringComparison.OrdinalIgnoreCase);

    /// <summary>The status in texts such as <c>API Error: 403 …</c> and <c>API Error: Repeated 529 Overloaded errors</c>.</summary>
    private static long? StatusIn(string text)
    {
        const string Prefix = "API Error: ";
        var at = text.IndexOf(Prefix, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var rest = text.AsSpan(at + Prefix.Length);
        if (rest.StartsWith("Repeated ", StringComparison.Ordinal))
            rest = rest["Repeated ".Length..];
        return rest.Length >= 3 && int.TryParse(rest[..3], NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600
            && (rest.Length == 3 || !char.IsAsciiDigit(rest[3])) ? status : null;
    }

    private Failure Quote(FailureReason reason, string sentence, string words)
    {
        words = redactor.Redact(words).Trim();
        if (words.StartsWith("API Error: ", StringComparison.Ordinal))
            words = words["API Error: ".Length..];
        if (words.Length > LongestQuote)
            words = $"{words.AsSpan(0, LongestQuote)}…";
        return new(reason, words.Length == 0 ? sentence : $"{sentence}: {words}");
    }
}
