using System.Diagnostics;
using System.Diagnostics.Metrics;
using Wegent.Tasks;
using Wegent.Telemetry;

namespace Wegent.Runtime.Telemetry;

/// <summary>What the runtime counts and measures. Costs nothing while nobody listens.</summary>
internal static class Instruments
{
    private static readonly Counter<long> s_accepted = WegentTelemetry.Meter.CreateCounter<long>(WegentTelemetry.TurnsAccepted, "{turn}", "Tasks and further messages that were accepted.");
    private static readonly Counter<long> s_ended = WegentTelemetry.Meter.CreateCounter<long>(WegentTelemetry.TurnsEnded, "{turn}", "Turns that ended.");
    private static readonly UpDownCounter<long> s_active = WegentTelemetry.Meter.CreateUpDownCounter<long>(WegentTelemetry.RunsActive, "{run}", "Runs of bots under way on this host.");
    private static readonly Histogram<double> s_runs = WegentTelemetry.Meter.CreateHistogram<double>(WegentTelemetry.RunDuration, "s", "How long a bot's run took.");
    private static readonly Histogram<double> s_sandboxes = WegentTelemetry.Meter.CreateHistogram<double>(WegentTelemetry.SandboxDuration, "s", "How long a sandbox took until an agent could start.");
    private static readonly Histogram<long> s_tokens = WegentTelemetry.Meter.CreateHistogram<long>(WegentTelemetry.TokenUsage, "{token}", "Tokens of one run.");

    public static void Accepted() => s_accepted.Add(1);

    public static void Ended(TaskState status, FailureReason? reason)
    {
        var tags = new TagList { { WegentTelemetry.StatusTag, status.ToWire() } };
        if (reason is { } why)
            tags.Add(WegentTelemetry.ReasonTag, Failure.WireName(why));
        s_ended.Add(1, tags);
    }

    public static void RunBegan() => s_active.Add(1);

    public static void RunEnded() => s_active.Add(-1);

    /// <summary>A run came to its end, however it ended.</summary>
    public static void RunMeasured(string shellType, TimeSpan duration, FailureReason? reason, TokenUsage usage)
    {
        var tags = new TagList { { WegentTelemetry.AgentTag, shellType } };
        Tokens(usage.InputTokens, "input", tags);
        Tokens(usage.OutputTokens, "output", tags);
        if (reason is { } why)
            tags.Add(WegentTelemetry.ReasonTag, Failure.WireName(why));
        s_runs.Record(duration.TotalSeconds, tags);
    }

    public static void SandboxReady(TimeSpan duration) => s_sandboxes.Record(duration.TotalSeconds);

    private static void Tokens(long count, string type, TagList tags)
    {
        if (count <= 0)
            return;
        tags.Add(WegentTelemetry.TokenTypeTag, type);
        s_tokens.Record(count, tags);
    }
}
