using Wegent.Sandboxes.Wire;

namespace Wegent.Executor;

/// <summary>A command that is not carried out; becomes a <see cref="FailedReply"/>.</summary>
/// <param name="code">One of <see cref="ExecutorErrors"/>.</param>
/// <param name="message">What happened and what to do; no secret.</param>
internal sealed class CommandException(string code, string message) : WegentException(code, message);
