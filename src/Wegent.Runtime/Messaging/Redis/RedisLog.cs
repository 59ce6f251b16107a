using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Wegent.Runtime.Messaging.Redis;

internal static partial class RedisLog // event ids 3500-3549
{
    [LoggerMessage(3500, LogLevel.Information, "Redis {Servers} connected")]
    public static partial void RedisConnected(this ILogger logger, string servers);

    [LoggerMessage(3501, LogLevel.Warning, "Redis {Servers} is away ({Failure}); hosts see each other's news by looking at the store until it is back")]
    public static partial void RedisAway(this ILogger logger, string servers, ConnectionFailureType failure, Exception? error);

    [LoggerMessage(3502, LogLevel.Debug, "A hint was not sent over Redis {Servers}")]
    public static partial void HintNotSent(this ILogger logger, string servers, Exception error);

    [LoggerMessage(3503, LogLevel.Debug, "Redis {Servers} did not take a subscription; trying again")]
    public static partial void SubscribeFailed(this ILogger logger, string servers, Exception error);
}
