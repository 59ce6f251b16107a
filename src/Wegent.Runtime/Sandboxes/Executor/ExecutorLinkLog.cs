using Microsoft.Extensions.Logging;

namespace Wegent.Runtime.Sandboxes.Executor;

internal static partial class ExecutorLinkLog // event ids 2150-2169
{
    [LoggerMessage(2150, LogLevel.Information, "The link to the executor at {Address} broke ({Problem}); connecting again")]
    public static partial void LinkBroken(this ILogger logger, string address, string problem);

    [LoggerMessage(2151, LogLevel.Information, "The link to the executor at {Address} is back")]
    public static partial void LinkBack(this ILogger logger, string address);
}
