using Microsoft.Extensions.Logging;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>What stores tell; event ids 3000-3099.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(3001, LogLevel.Information, "storage.opened {Engine}: {Place}, schema {Version}")]
    public static partial void StorageOpened(this ILogger logger, string engine, string place, int version);

    [LoggerMessage(3002, LogLevel.Error, "storage.failed {Count} writes to {Place} were not made; their callers were told")]
    public static partial void WritesFailed(this ILogger logger, int count, string place, Exception error);

    [LoggerMessage(3003, LogLevel.Warning, "storage.close_failed {Place}")]
    public static partial void CloseFailed(this ILogger logger, string place, Exception error);

    [LoggerMessage(3005, LogLevel.Warning, "storage.copy_failed {Problem} The database itself answers.")]
    public static partial void CopyFailed(this ILogger logger, string problem);

    [LoggerMessage(3004, LogLevel.Warning, "storage.retrying {Count} writes to {Place} after {Failure}, try {Attempt}")]
    public static partial void WritesRetried(this ILogger logger, int count, string place, SqlFailure failure, int attempt);
}
