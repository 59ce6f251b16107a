namespace Wegent;

/// <summary>The base of every error that Wegent raises on purpose.</summary>
/// <remarks>
/// <see cref="Code"/> is stable and may be matched on; the message is for a person: what happened, where, and what to do next.
/// Neither ever holds a secret, so both may be logged and sent to the user who caused the error.
/// </remarks>
public class WegentException : Exception
{
    /// <summary>Creates an error.</summary>
    /// <param name="code">Stable dotted code, such as <c>task.not_found</c>.</param>
    /// <param name="message">What happened, where, and what to do next; no secrets.</param>
    /// <param name="innerException">The cause, if there is one; it is logged, never sent out.</param>
    public WegentException(string code, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        Code = code;
    }

    /// <summary>Stable dotted code, such as <c>resource.conflict</c>.</summary>
    public string Code { get; }
}

/// <summary>What was asked for does not exist, or is not visible to who asks.</summary>
/// <param name="code">Stable code ending in <c>.not_found</c>.</param>
/// <param name="message">What is missing, and where to look.</param>
public sealed class NotFoundException(string code, string message) : WegentException(code, message);

/// <summary>Another writer got there first, or the present state does not allow the step. Nothing was written.</summary>
/// <param name="code">Stable code, such as <c>resource.conflict</c> or <c>task.conflict</c>.</param>
/// <param name="message">What stands in the way, and what to do.</param>
public sealed class ConflictException(string code, string message) : WegentException(code, message);

/// <summary>The request cannot be served now, through no fault of its own; trying again later may help.</summary>
/// <param name="code">Stable code, such as <c>storage.unavailable</c>.</param>
/// <param name="message">What is away, and what to do.</param>
/// <param name="innerException">The cause.</param>
public sealed class UnavailableException(string code, string message, Exception? innerException = null)
    : WegentException(code, message, innerException);
