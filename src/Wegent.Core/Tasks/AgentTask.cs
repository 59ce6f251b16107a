namespace Wegent.Tasks;

/// <summary>A conversation of a user with a team: what the store knows of it, without its messages.</summary>
public sealed record AgentTask
{
    /// <summary>Identifier, unique in a store, positive.</summary>
    public required long Id { get; init; }

    /// <summary>The user it belongs to.</summary>
    public required string Owner { get; init; }

    /// <summary>Namespace of the Task resource.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the Task resource: <c>task-{Id}</c> unless the user chose one.</summary>
    public required string Name { get; init; }

    /// <summary>A line that says what it is about.</summary>
    public required string Title { get; init; }

    /// <summary>The first message, as the user wrote it.</summary>
    public required string Prompt { get; init; }

    /// <summary>What was frozen when the task was accepted: team, members, prompts, workspace, limits.</summary>
    public required ExecutionPlan Plan { get; init; }

    /// <summary>Where it stands.</summary>
    public required TaskState Status { get; init; }

    /// <summary>Done so far, 0 to 100.</summary>
    public int Progress { get; init; }

    /// <summary>Why it failed; null unless <see cref="Status"/> is <see cref="TaskState.Failed"/> or the last attempt failed.</summary>
    public FailureReason? Reason { get; init; }

    /// <summary>The failure in words with what to do; null when there is none.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Labels that the user gave it.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Attempts made at the present turn, from 1 with the first claim.</summary>
    public int Attempt { get; init; }

    /// <summary>Not to be claimed before this time; null when it may start at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Number of the last claim. A write with an older number is refused.</summary>
    public long Fence { get; init; }

    /// <summary>Number of the last entry of its run log; 0 when there is none.</summary>
    public long LastSeq { get; init; }

    /// <summary>Whether its sandbox is kept past the deletion delay.</summary>
    public bool PreserveExecutor { get; init; }

    /// <summary>When it was accepted, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its row last changed, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the last turn ended; null while one is under way.</summary>
    public DateTimeOffset? CompletedAt { get; init; }
}
