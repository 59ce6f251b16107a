namespace Wegent.Messaging;

/// <summary>Says "look" to whoever waits. Nothing depends on delivery: a hint may be lost, doubled or late, and the store alone is the truth.</summary>
/// <remarks>Implementations pass <c>HintBusContract</c> of the TestKit.</remarks>
public interface IHintBus
{
    /// <summary>Wakes the subscribers of a topic, on every host where the bus spans several. Never waits for them, never throws for a bus that is down.</summary>
    void Publish(string topic);

    /// <summary>Listens to a topic until disposed.</summary>
    IHintSubscription Subscribe(string topic);
}

/// <summary>One listener of one topic. Hints that come while nobody waits are kept as one.</summary>
public interface IHintSubscription : IDisposable
{
    /// <summary>Waits for a hint, or until <paramref name="atMost"/> has passed: the caller looks either way.</summary>
    ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken);
}

/// <summary>The topics of the hint bus.</summary>
public static class HintTopics
{
    /// <summary>A task waits for a slot, or a slot is free.</summary>
    public const string Queue = "queue";

    /// <summary>A resource changed.</summary>
    public const string Resources = "resources";

    /// <summary>The run log of a task grew.</summary>
    public static string Task(long taskId) => $"task:{taskId}";

    /// <summary>Someone asked a running task to stop, or deleted it.</summary>
    public static string Control(long taskId) => $"control:{taskId}";

    /// <summary>Something in the room of a user changed.</summary>
    public static string User(string owner) => $"user:{owner}";
}
