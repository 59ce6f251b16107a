using Microsoft.Extensions.Logging;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

internal static partial class LocalProcessLog // event ids 2170-2189
{
    [LoggerMessage(2170, LogLevel.Warning, "Agents run as processes of this machine with the rights of its user. This is no sandbox: use it for development only, and Docker for everything else")]
    public static partial void NoSandbox(this ILogger logger);

    [LoggerMessage(2171, LogLevel.Information, "Started the executor of sandbox {SandboxId} as process {Pid} in {Folder}")]
    public static partial void Started(this ILogger logger, string sandboxId, int pid, string folder);

    [LoggerMessage(2172, LogLevel.Information, "Removed sandbox {SandboxId}; {Killed} processes had to be killed")]
    public static partial void Removed(this ILogger logger, string sandboxId, int killed);

    [LoggerMessage(2173, LogLevel.Warning, "The executor of sandbox {SandboxId} does not answer and is killed: {Problem}")]
    public static partial void KillsExecutor(this ILogger logger, string sandboxId, string problem);
}
