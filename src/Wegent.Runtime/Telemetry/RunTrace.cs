using System.Diagnostics;
using Wegent.Tasks;
using Wegent.Telemetry;

namespace Wegent.Runtime.Telemetry;

/// <summary>One bot's run as a trace and in figures, from its beginning here to its end or to its handing over.</summary>
internal sealed class RunTrace : IDisposable
{
    private readonly Activity? _activity;
    private readonly string _shellType;
    private readonly TimeProvider _clock;
    private readonly long _began;

    private RunTrace(PlannedMember member, Subtask subtask, TimeProvider clock)
    {
        _clock = clock;
        _began = clock.GetTimestamp();
        _shellType = member.ShellType;
        _activity = WegentTelemetry.Activities.StartActivity($"invoke_agent {member.BotName}");
        _activity?
            .SetTag("gen_ai.operation.name", "invoke_agent")
            .SetTag(WegentTelemetry.AgentTag, member.ShellType)
            .SetTag(WegentTelemetry.TaskTag, subtask.TaskId)
            .SetTag(WegentTelemetry.SubtaskTag, subtask.Id);
        Instruments.RunBegan();
    }

    public static RunTrace Begin(PlannedMember member, Subtask subtask, TimeProvider clock) => new(member, subtask, clock);

    /// <summary>The run came to an end; not called for one that goes on elsewhere.</summary>
    public void End(FailureReason? reason, TokenUsage usage)
    {
        Instruments.RunMeasured(_shellType, _clock.GetElapsedTime(_began), reason, usage);
        _activity?
            .SetTag("gen_ai.usage.input_tokens", usage.InputTokens)
            .SetTag("gen_ai.usage.output_tokens", usage.OutputTokens);
        if (reason is { } why)
            _activity?.SetTag(WegentTelemetry.ReasonTag, Failure.WireName(why)).SetStatus(ActivityStatusCode.Error);
    }

    public void Dispose()
    {
        Instruments.RunEnded();
        _activity?.Dispose();
    }
}
