using System.Text.Json.Serialization;

namespace Wegent.Tasks;

/// <summary>Why a run or a task failed: one small set for all agents and places. On the wire in snake case.</summary>
[JsonConverter(typeof(FailureReasonJsonConverter))]
public enum FailureReason
{
    /// <summary>The model or agent service refused the credential.</summary>
    Authentication,

    /// <summary>The model or agent service asks to slow down.</summary>
    RateLimited,

    /// <summary>The model service is overloaded or answers with a server error.</summary>
    Overloaded,

    /// <summary>A budget of turns, tokens, cost or credit is used up.</summary>
    BudgetExceeded,

    /// <summary>The conversation no longer fits into the model's context.</summary>
    ContextTooLong,

    /// <summary>The model declined to answer.</summary>
    Refused,

    /// <summary>The request was not accepted by the model service.</summary>
    BadRequest,

    /// <summary>The model service cannot be reached, or broke off its answer.</summary>
    ModelUnreachable,

    /// <summary>A tool the run depends on failed.</summary>
    ToolFailure,

    /// <summary>The agent's process ended without a result.</summary>
    AgentCrashed,

    /// <summary>The sandbox died or was removed while the agent ran.</summary>
    SandboxLost,

    /// <summary>The sandbox passed its memory limit and was stopped.</summary>
    OutOfMemory,

    /// <summary>The sandbox could not be started.</summary>
    SandboxStartFailed,

    /// <summary>The executor image is not on the engine.</summary>
    ImageMissing,

    /// <summary>The container engine does not answer.</summary>
    EngineUnavailable,

    /// <summary>No port of the executor range is free.</summary>
    PortsExhausted,

    /// <summary>The workspace could not be prepared.</summary>
    WorkspaceFailed,

    /// <summary>A run or idle deadline passed.</summary>
    TimedOut,

    /// <summary>A user stopped it.</summary>
    Cancelled,

    /// <summary>Something the task needs is missing or wrong in its configuration.</summary>
    Misconfigured,

    /// <summary>A defect of ours; the log has the details.</summary>
    Internal,
}

/// <summary>Reads and writes <see cref="FailureReason"/> in snake case.</summary>
public sealed class FailureReasonJsonConverter()
    : JsonStringEnumConverter<FailureReason>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
