using System.Diagnostics.CodeAnalysis;
using Wegent.Tasks;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>What a task froze when it was accepted, as it stands in <c>task_specs</c>.</summary>
internal sealed record TaskSpec(string Title, string Prompt, IReadOnlyDictionary<string, string> Labels, ExecutionPlan Plan);

/// <summary>
/// Specs by task, so that a step of a run neither reads nor parses again what cannot change. Bounded: when the young half is full,
/// the old one goes.
/// </summary>
internal sealed class TaskSpecCache
{
    private const int HalfSize = 512;
    private readonly Lock _gate = new();
    private Dictionary<long, TaskSpec> _young = [];
    private Dictionary<long, TaskSpec> _old = [];

    public bool TryGet(long taskId, [NotNullWhen(true)] out TaskSpec? spec)
    {
        lock (_gate)
        {
            if (_young.TryGetValue(taskId, out spec))
                return true;
            if (!_old.TryGetValue(taskId, out spec))
                return false;
        }

        Set(taskId, spec);
        return true;
    }

    public void Set(long taskId, TaskSpec spec)
    {
        lock (_gate)
        {
            if (_young.Count >= HalfSize)
                (_old, _young) = (_young, []);
            _young[taskId] = spec;
        }
    }

    /// <summary>Forgets everything: the id of a task that was taken back is given again.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _young = [];
            _old = [];
        }
    }
}
