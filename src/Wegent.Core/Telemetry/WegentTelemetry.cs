using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Wegent.Telemetry;

/// <summary>What to subscribe to: every trace and metric of Wegent has the same source name. Durations are in seconds.</summary>
/// <remarks>Names that concern models follow OpenTelemetry's semantic conventions for generative AI.</remarks>
public static class WegentTelemetry
{
    /// <summary>Name of the <see cref="ActivitySource"/> and the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string Name = "Wegent";

    /// <summary>Counter: tasks and further messages that were accepted.</summary>
    public const string TurnsAccepted = "wegent.turns.accepted";

    /// <summary>Counter: turns that ended, by <see cref="StatusTag"/>, and by <see cref="ReasonTag"/> where they failed.</summary>
    public const string TurnsEnded = "wegent.turns.ended";

    /// <summary>Up-down counter: bots' runs under way on this host.</summary>
    public const string RunsActive = "wegent.runs.active";

    /// <summary>Histogram: how long a bot's run took, by <see cref="AgentTag"/>, and by <see cref="ReasonTag"/> where it failed.</summary>
    public const string RunDuration = "wegent.run.duration";

    /// <summary>Histogram: how long a sandbox and its workspace took until an agent could start.</summary>
    public const string SandboxDuration = "wegent.sandbox.start.duration";

    /// <summary>Histogram: tokens of one run, by <see cref="TokenTypeTag"/> (<c>input</c> or <c>output</c>).</summary>
    public const string TokenUsage = "gen_ai.client.token.usage";

    /// <summary>Tag: state that a turn ended in, as on the wire.</summary>
    public const string StatusTag = "wegent.status";

    /// <summary>Tag: why something failed, as on the wire.</summary>
    public const string ReasonTag = "error.type";

    /// <summary>Tag: shell type of the agent.</summary>
    public const string AgentTag = "gen_ai.agent.name";

    /// <summary>Tag: kind of tokens.</summary>
    public const string TokenTypeTag = "gen_ai.token.type";

    /// <summary>Tag of activities: the task.</summary>
    public const string TaskTag = "wegent.task.id";

    /// <summary>Tag of activities: the run.</summary>
    public const string SubtaskTag = "wegent.subtask.id";

    /// <summary>Source of all activities: <c>task.submit</c>, <c>invoke_agent</c>, <c>sandbox.start</c>.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Source of all instruments.</summary>
    public static Meter Meter { get; } = new(Name);
}
