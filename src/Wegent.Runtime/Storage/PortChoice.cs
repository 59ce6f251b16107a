using Wegent.Storage;

namespace Wegent.Runtime.Storage;

/// <summary>Which port a sandbox gets, the same for every store, and pure.</summary>
internal static class PortChoice
{
    /// <summary>The port that the holder has, unless it is one to pass over; else the lowest free one; null when there is none.</summary>
    public static int? Choose(IReadOnlyCollection<PortLease> leases, string holder, int min, int max, IReadOnlyCollection<int> except)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(min, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, 65535);
        var taken = new HashSet<int>(except);
        foreach (var lease in leases)
        {
            if (lease.Holder == holder && !taken.Contains(lease.Port))
                return lease.Port;
            taken.Add(lease.Port);
        }

        for (var port = min; port <= max; port++)
        {
            if (!taken.Contains(port))
                return port;
        }

        return null;
    }
}
