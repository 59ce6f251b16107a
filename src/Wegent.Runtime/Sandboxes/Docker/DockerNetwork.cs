namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>The network of the sandboxes.</summary>
/// <param name="Id">Identifier on the engine; names can be ambiguous.</param>
/// <param name="Gateway">The machine's own address on it, or null when the engine does not tell.</param>
internal sealed record DockerNetwork(string Id, string? Gateway);
