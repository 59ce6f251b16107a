using System.Globalization;

namespace Wegent.Runtime.Sandboxes;

/// <summary>Names of sandboxes: the store's identifier and the task's number, so that either can be told from the other.</summary>
internal static class SandboxNaming
{
    public static string IdOf(string storeId, long taskId) => string.Create(CultureInfo.InvariantCulture, $"{storeId}-{taskId}");

    /// <summary>The task of a sandbox; null when the name is of another store.</summary>
    public static long? TaskOf(string storeId, string sandboxId) =>
        sandboxId.Length > storeId.Length + 1 && sandboxId.StartsWith(storeId, StringComparison.Ordinal) && sandboxId[storeId.Length] == '-'
            && long.TryParse(sandboxId.AsSpan(storeId.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var taskId)
            ? taskId
            : null;
}
