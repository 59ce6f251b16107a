using Wegent.Validation;

namespace Wegent.Hosting.Api;

/// <summary>A request that says something that cannot be meant. Answered by 400.</summary>
/// <param name="message">What is wrong and what to send instead.</param>
/// <param name="findings">Places in the body; none when it is about the address or a header.</param>
internal sealed class InvalidRequestException(string message, params IReadOnlyList<Diagnostic> findings) : WegentException("request.invalid", message)
{
    /// <summary>Places in the body.</summary>
    public IReadOnlyList<Diagnostic> Findings { get; } = findings;
}
