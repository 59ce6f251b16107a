using Wegent.Tasks;

namespace Wegent.Teams;

/// <summary>What a team does next. A closed set.</summary>
public abstract record TeamStep
{
    private protected TeamStep()
    {
    }
}

/// <summary>Add these runs to the turn and start them.</summary>
/// <param name="Runs">The runs; several go in parallel.</param>
public sealed record StartRuns(IReadOnlyList<PlannedRun> Runs) : TeamStep;

/// <summary>Start runs that are stored already: planned before a restart, or made pending by a confirmation or a retry.</summary>
/// <param name="Runs">The stored runs.</param>
public sealed record ResumeRuns(IReadOnlyList<Subtask> Runs) : TeamStep;

/// <summary>Wait for a person to confirm the last stage.</summary>
public sealed record AwaitConfirmation : TeamStep;

/// <summary>The turn is done.</summary>
public sealed record CompleteTurn : TeamStep;

/// <summary>The turn cannot go on.</summary>
/// <param name="Failure">Why.</param>
public sealed record FailTurn(Failure Failure) : TeamStep;

/// <summary>A run to add to a turn.</summary>
/// <param name="Member">Index into <see cref="ExecutionPlan.Members"/>.</param>
/// <param name="Prompt">What it is asked.</param>
public sealed record PlannedRun(int Member, string Prompt);

/// <summary>A user message and all runs that answered it so far, in order.</summary>
/// <param name="Message">The message.</param>
/// <param name="Runs">The runs after it.</param>
public sealed record Turn(Subtask Message, IReadOnlyList<Subtask> Runs)
{
    /// <summary>The last turn among a task's messages.</summary>
    /// <exception cref="ArgumentException">There is no user message.</exception>
    public static Turn Last(IReadOnlyList<Subtask> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Role == SubtaskRole.User)
                return new Turn(messages[i], [.. messages.Skip(i + 1)]);
        }

        throw new ArgumentException("A task has at least one user message.", nameof(messages));
    }
}
