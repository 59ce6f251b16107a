namespace Wegent.Tasks;

/// <summary>A failure as a person meets it: what kind, what happened, and what to do about it.</summary>
/// <param name="Reason">The kind.</param>
/// <param name="Message">What happened, in words; no secrets.</param>
public sealed record Failure(FailureReason Reason, string Message)
{
    /// <summary>What to do about this kind of failure.</summary>
    public string Advice => AdviceFor(Reason);

    /// <summary>The message followed by the advice, as it stands in <c>error_message</c>. A message that was described before stays as it is.</summary>
    public string Describe() => Message.EndsWith(Advice, StringComparison.Ordinal) ? Message : $"{Message.TrimEnd('.', ' ')}. {Advice}";

    /// <summary>The snake-case word of a reason, as it stands in <c>reason</c>.</summary>
    public static string WireName(FailureReason reason) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    /// <summary>What to do about a kind of failure, in a sentence or two.</summary>
    public static string AdviceFor(FailureReason reason) => reason switch
    {
        FailureReason.Authentication => "Check the API key of the team's model resource, then retry the task.",
        FailureReason.RateLimited => "The model service limits this key; wait a moment and retry, or use another model.",
        FailureReason.Overloaded => "The model service is overloaded; retry in a few minutes, or use another model.",
        FailureReason.BudgetExceeded => "Raise the limit of the bot, or send a smaller request.",
        FailureReason.ContextTooLong => "Start a new task, or use a model with a larger context window.",
        FailureReason.Refused => "The model declined; rephrase the request.",
        FailureReason.BadRequest => "Check the model's name and settings in the model resource.",
        FailureReason.ModelUnreachable => "Check base_url of the model resource and that the service is up, then retry the task.",
        FailureReason.ToolFailure => "Look at the tool's output in the task's log, mend the cause and retry.",
        FailureReason.AgentCrashed => "Look at the end of the task's log for the agent's own words, then retry the task.",
        FailureReason.SandboxLost => "Retry the task; if it happens again, look at the engine's log and at the sandbox's limits.",
        FailureReason.OutOfMemory => "Raise the sandbox's memory limit (Wegent:Executor:MemoryMiB), or give the agent less to do at once.",
        FailureReason.SandboxStartFailed => "Look at the engine's log for the cause, then retry the task.",
        FailureReason.ImageMissing => "Build the executor image with samples/deploy/build-executor-image.sh, or set EXECUTOR_IMAGE to one that the engine has.",
        FailureReason.EngineUnavailable => "Start the container engine, or check DOCKER_HOST, then retry the task.",
        FailureReason.PortsExhausted => "Widen EXECUTOR_PORT_RANGE_MIN..MAX, stop what listens there, or lower MAX_CONCURRENT_TASKS.",
        FailureReason.WorkspaceFailed => "Check the workspace's git URL, branch and access, then retry the task.",
        FailureReason.TimedOut => "Retry the task, raise the deadline, or ask for less at once.",
        FailureReason.Cancelled => "Send a message to go on.",
        FailureReason.Misconfigured => "Mend the resource that the message names and retry the task.",
        FailureReason.Internal => "This is a defect of Wegent; please report it with the host's log around this time.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a failure reason."),
    };
}
