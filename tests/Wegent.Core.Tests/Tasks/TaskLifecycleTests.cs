using Wegent.Tasks;

namespace Wegent.Core.Tests.Tasks;

public sealed class TaskLifecycleTests
{
    // The table of the contract, written down a second time: every pair that is not here must be refused.
    private static readonly Dictionary<(TaskState, TaskTrigger), TaskState> Legal = new()
    {
        [(TaskState.Pending, TaskTrigger.Claimed)] = TaskState.Running,
        [(TaskState.Pending, TaskTrigger.CancelRequested)] = TaskState.Cancelled,
        [(TaskState.Pending, TaskTrigger.Faulted)] = TaskState.Failed,
        [(TaskState.Running, TaskTrigger.Completed)] = TaskState.Completed,
        [(TaskState.Running, TaskTrigger.Faulted)] = TaskState.Failed,
        [(TaskState.Running, TaskTrigger.RetryDue)] = TaskState.Pending,
        [(TaskState.Running, TaskTrigger.CancelRequested)] = TaskState.Cancelling,
        [(TaskState.Running, TaskTrigger.ConfirmationNeeded)] = TaskState.PendingConfirmation,
        [(TaskState.Cancelling, TaskTrigger.Completed)] = TaskState.Completed,
        [(TaskState.Cancelling, TaskTrigger.CancelConfirmed)] = TaskState.Cancelled,
        [(TaskState.Cancelling, TaskTrigger.Faulted)] = TaskState.Cancelled,
        [(TaskState.Cancelling, TaskTrigger.RetryDue)] = TaskState.Cancelled,
        [(TaskState.Cancelling, TaskTrigger.ConfirmationNeeded)] = TaskState.Cancelled,
        [(TaskState.PendingConfirmation, TaskTrigger.Confirmed)] = TaskState.Pending,
        [(TaskState.PendingConfirmation, TaskTrigger.Accepted)] = TaskState.Completed,
        [(TaskState.PendingConfirmation, TaskTrigger.CancelRequested)] = TaskState.Cancelled,
        [(TaskState.Completed, TaskTrigger.MessageReceived)] = TaskState.Pending,
        [(TaskState.Failed, TaskTrigger.MessageReceived)] = TaskState.Pending,
        [(TaskState.Cancelled, TaskTrigger.MessageReceived)] = TaskState.Pending,
    };

    public static TheoryData<TaskState, TaskTrigger> AllPairs()
    {
        var pairs = new TheoryData<TaskState, TaskTrigger>();
        foreach (var state in Enum.GetValues<TaskState>())
        {
            foreach (var trigger in Enum.GetValues<TaskTrigger>())
                pairs.Add(state, trigger);
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void A_pair_moves_as_the_contract_says_or_not_at_all(TaskState state, TaskTrigger trigger)
    {
        TaskState? expected = trigger == TaskTrigger.Deleted
            ? state == TaskState.Delete ? null : TaskState.Delete
            : Legal.TryGetValue((state, trigger), out var next) ? next : null;

        Assert.Equal(expected, TaskLifecycle.Next(state, trigger));
    }

    [Fact]
    public void A_final_state_is_left_only_by_a_message_or_a_deletion()
    {
        foreach (var state in Enum.GetValues<TaskState>().Where(state => state.IsFinal()))
        {
            foreach (var trigger in Enum.GetValues<TaskTrigger>().Except([TaskTrigger.MessageReceived, TaskTrigger.Deleted]))
                Assert.Null(TaskLifecycle.Next(state, trigger));
        }
    }

    [Fact]
    public void Every_state_has_a_word_that_reads_back()
    {
        foreach (var state in Enum.GetValues<TaskState>())
            Assert.Equal(state, TaskStates.FromWire(state.ToWire()));
        Assert.Null(TaskStates.FromWire("NONE"));
        Assert.Null(TaskStates.FromWire(null));
    }
}
