using System.Collections.Concurrent;
using Wegent.Messaging;

namespace Wegent.Runtime.Messaging;

/// <summary>Hints within this process. A topic costs nothing while nobody listens to it.</summary>
internal sealed class InMemoryHintBus(TimeProvider clock) : IHintBus
{
    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    /// <summary>How many topics have a listener.</summary>
    internal int TopicCount => _topics.Count;

    public void Publish(string topic)
    {
        if (_topics.TryGetValue(topic, out var listeners))
            listeners.Signal();
    }

    public IHintSubscription Subscribe(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        while (true)
        {
            var listeners = _topics.GetOrAdd(topic, static (name, topics) => new Topic(name, topics), _topics);
            var subscription = new InMemoryHintSubscription(clock, listeners.Remove);
            if (listeners.TryAdd(subscription))
                return subscription; // else its last listener left meanwhile, and it is no longer in the table
        }
    }

    private sealed class Topic(string name, ConcurrentDictionary<string, Topic> topics)
    {
        private readonly HashSet<InMemoryHintSubscription> _listeners = [];
        private bool _isClosed;

        public bool TryAdd(InMemoryHintSubscription listener)
        {
            lock (_listeners)
                return !_isClosed && _listeners.Add(listener);
        }

        public void Remove(InMemoryHintSubscription listener)
        {
            lock (_listeners)
            {
                if (!_listeners.Remove(listener) || _listeners.Count > 0)
                    return;
                _isClosed = true;
                topics.TryRemove(KeyValuePair.Create(name, this));
            }
        }

        public void Signal()
        {
            lock (_listeners)
            {
                foreach (var listener in _listeners)
                    listener.Signal();
            }
        }
    }
}
