namespace Wegent.Hosting.Commands;

/// <summary>The command was called in a way that it cannot follow. It ends with <see cref="ExitCodes.WrongUsage"/>.</summary>
internal sealed class UsageException(string message) : WegentException("usage.wrong", message);
