namespace Wegent.Runtime.Storage;

/// <summary>Identifiers of stores: 12 hexadecimal digits, short enough for the name of a container.</summary>
internal static class StoreId
{
    /// <summary>A new one.</summary>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N")[^12..]; // its random part
}
