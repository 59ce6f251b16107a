namespace Wegent.Runtime.Storage;

/// <summary>Times as stores keep them: UTC, whole microseconds, so that a time read back equals the time written in every store.</summary>
internal static class StoreTime
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    /// <summary>The present time.</summary>
    public static DateTimeOffset Now(TimeProvider clock) => Truncate(clock.GetUtcNow());

    /// <summary>The same moment without what is below a microsecond, in UTC.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>Microseconds since 1970, as the columns hold them.</summary>
    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TicksPerMicrosecond;

    /// <summary>The same for a time that may be missing.</summary>
    public static long? ToMicroseconds(DateTimeOffset? time) => time is { } known ? ToMicroseconds(known) : null;

    /// <summary>Reads a column back.</summary>
    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        new((microseconds * TicksPerMicrosecond) + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);

    /// <summary>The same for a column that may be null.</summary>
    public static DateTimeOffset? FromMicroseconds(long? microseconds) => microseconds is { } known ? FromMicroseconds(known) : null;
}
