namespace Wegent.Hosting.Security;

/// <summary>Too much at once from one caller. Answered by 429 with <c>Retry-After</c>.</summary>
internal sealed class ThrottledException(string code, string message, TimeSpan retryAfter) : WegentException(code, message)
{
    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
