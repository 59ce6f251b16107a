using System.Text.Json;

namespace Wegent.Runtime.Agents.Dify;

/// <summary>Dify did not take a call.</summary>
/// <param name="status">Status of the reply.</param>
/// <param name="code">Dify's code for the error; null when it gave none.</param>
/// <param name="words">The error in its words; may be empty.</param>
internal sealed class DifyException(int status, string? code, string words) : Exception(words)
{
    public int Status => status;

    public string? Code => code;

    public static DifyException Read(int status, string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return new(status, document.RootElement.GetText("code"), document.RootElement.GetText("message") ?? "");
        }
        catch (JsonException)
        {
            return new(status, null, "");
        }
    }
}
