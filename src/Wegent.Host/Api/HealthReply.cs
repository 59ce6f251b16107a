namespace Wegent.Hosting.Api;

/// <summary>How the host is.</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="Version">Version of the host.</param>
/// <param name="Checks">The parts, by name.</param>
internal sealed record HealthReply(string Status, string Version, IReadOnlyDictionary<string, string> Checks);
