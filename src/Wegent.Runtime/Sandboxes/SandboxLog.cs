using Microsoft.Extensions.Logging;

namespace Wegent.Runtime.Sandboxes;

internal static partial class SandboxLog // event ids 2100-2149
{
    [LoggerMessage(2100, LogLevel.Warning, "Agents run in place '{Place}': {Problem}")]
    public static partial void FellBack(this ILogger logger, string place, string problem);

    [LoggerMessage(2101, LogLevel.Warning, "The diff of task {TaskId} took too long and was left out")]
    public static partial void DiffTimedOut(this ILogger logger, long taskId);
}
