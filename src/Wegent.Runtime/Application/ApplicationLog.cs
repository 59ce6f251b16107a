using Microsoft.Extensions.Logging;

namespace Wegent.Runtime.Application;

internal static partial class ApplicationLog // event ids 1000-1099
{
    // The event's name and its fields are those of the architecture document: a log search written for one finds the other.
    [LoggerMessage(1000, LogLevel.Information, "Task {task_id} created for team {team}", EventName = "task.created")]
#pragma warning disable CA1727 // snake case: see above
    public static partial void TaskCreated(this ILogger logger, long task_id, string team);
#pragma warning restore CA1727

    [LoggerMessage(1001, LogLevel.Debug, "Applied {Count} documents for {Owner}: {Created} created, {Configured} configured")]
    public static partial void Applied(this ILogger logger, int count, string owner, int created, int configured);

    [LoggerMessage(1002, LogLevel.Warning, "The log of resources cannot be read; those who watch wait")]
    public static partial void FeedFailed(this ILogger logger, Exception exception);
}
