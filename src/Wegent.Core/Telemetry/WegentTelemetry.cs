using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Wegent.Telemetry;

/// <summary>Names to subscribe to: every trace and metric of Wegent has the same source name.</summary>
public static class WegentTelemetry
{
    /// <summary>Name of the <see cref="ActivitySource"/> and the <see cref="Meter"/>.</summary>
    public const string Name = "Wegent";

    /// <summary>Source of all activities.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Source of all instruments.</summary>
    public static Meter Meter { get; } = new(Name);
}
