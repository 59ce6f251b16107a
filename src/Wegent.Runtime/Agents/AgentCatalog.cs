using System.Collections.Frozen;
using Wegent.Agents;

namespace Wegent.Runtime.Agents;

/// <summary>The agents that are registered, by the <c>shellType</c> that names them. The last of a name wins.</summary>
internal sealed class AgentCatalog
{
    private readonly FrozenDictionary<string, IAgent> _agents;

    public AgentCatalog(IEnumerable<IAgent> agents)
    {
        var byType = new Dictionary<string, IAgent>(StringComparer.OrdinalIgnoreCase);
        foreach (var agent in agents)
            byType[agent.ShellType] = agent;
        _agents = byType.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The shell types that can run here.</summary>
    public IReadOnlyList<string> ShellTypes => [.. _agents.Values.Select(agent => agent.ShellType).Order(StringComparer.Ordinal)];

    /// <exception cref="WegentException"><c>agent.unknown</c>: no agent of that name is registered.</exception>
    public IAgent Get(string shellType) => _agents.TryGetValue(shellType, out var agent)
        ? agent
        : throw new WegentException("agent.unknown", $"No agent runs shellType '{shellType}' here. Registered: {(_agents.Count == 0 ? "none" : string.Join(", ", ShellTypes))}. Register it where AddWegent() is called, for instance AddClaudeCodeAgent(), or change the shell.");
}
