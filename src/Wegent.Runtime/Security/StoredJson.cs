using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wegent.Runtime.Security;

/// <summary>How documents are written to the store: compact, letters of all scripts as they are.</summary>
internal static class StoredJson
{
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
