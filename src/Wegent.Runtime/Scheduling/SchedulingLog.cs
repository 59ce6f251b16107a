using Microsoft.Extensions.Logging;
using Wegent.Tasks;

namespace Wegent.Runtime.Scheduling;

internal static partial class SchedulingLog // event ids 2000-2099
{
    [LoggerMessage(2000, LogLevel.Error, "{Service} failed in one round and goes on")]
    public static partial void RoundFailed(this ILogger logger, string service, Exception error);

    [LoggerMessage(2001, LogLevel.Debug, "Task {TaskId} claimed by {Node}, claim {Fence}, adopted: {Adopted}")]
    public static partial void TaskClaimed(this ILogger logger, long taskId, string node, long fence, bool adopted);

    [LoggerMessage(2002, LogLevel.Debug, "Task {TaskId} is {Status}")]
    public static partial void TaskMoved(this ILogger logger, long taskId, TaskState status);

    [LoggerMessage(2003, LogLevel.Warning, "Task {TaskId} lost its lease; another node runs it, or it was deleted")]
    public static partial void LeaseLost(this ILogger logger, long taskId);

    [LoggerMessage(2004, LogLevel.Information, "Task {TaskId} handed over: this host stops")]
    public static partial void HandedOver(this ILogger logger, long taskId);

    [LoggerMessage(2005, LogLevel.Warning, "Run {SubtaskId} of task {TaskId} failed: {Reason}: {FailureMessage}")]
    public static partial void RunFailed(this ILogger logger, long subtaskId, long taskId, FailureReason reason, string failureMessage);

    [LoggerMessage(2006, LogLevel.Error, "Run {SubtaskId} of task {TaskId} met a defect")]
    public static partial void RunDefect(this ILogger logger, long subtaskId, long taskId, Exception error);

    [LoggerMessage(2007, LogLevel.Warning, "Task {TaskId} cannot be written; its lease is left to run out")]
    public static partial void TaskAbandoned(this ILogger logger, long taskId, Exception error);

    [LoggerMessage(2008, LogLevel.Debug, "Run {SubtaskId} of task {TaskId} started: bot {Bot}, attempt {Attempt}")]
    public static partial void RunStarted(this ILogger logger, long subtaskId, long taskId, string bot, int attempt);

    [LoggerMessage(2009, LogLevel.Warning, "Lease of task {TaskId} could not be renewed; trying again")]
    public static partial void RenewalFailed(this ILogger logger, long taskId, Exception error);

    [LoggerMessage(2010, LogLevel.Debug, "Sandbox {SandboxId} removed")]
    public static partial void SandboxRemoved(this ILogger logger, string sandboxId);

    [LoggerMessage(2011, LogLevel.Warning, "Sandboxes of {Place} cannot be looked after now")]
    public static partial void PlaceUnavailable(this ILogger logger, string place, Exception error);

    [LoggerMessage(2012, LogLevel.Warning, "Execution {ExecutionId} of task {TaskId} could not be wound up; its sandbox is looked after later")]
    public static partial void WindUpFailed(this ILogger logger, string executionId, long taskId, Exception error);

    [LoggerMessage(2013, LogLevel.Warning, "The diff of task {TaskId} could not be taken")]
    public static partial void DiffFailed(this ILogger logger, long taskId, Exception error);
}
