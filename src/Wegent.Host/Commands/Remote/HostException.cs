using System.Text.Json;

namespace Wegent.Hosting.Commands.Remote;

/// <summary>A host refused.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">The problem's code.</param>
/// <param name="message">The problem's detail.</param>
/// <param name="findings">The problem's <c>errors</c>; null when it has none.</param>
internal sealed class HostException(int status, string code, string message, JsonElement? findings) : WegentException(code, message)
{
    public int Status => status;

    public JsonElement? Findings => findings;
}
