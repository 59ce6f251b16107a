using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Wegent.Sandboxes.Wire;

/// <summary>Writes and reads the frames of <see cref="ExecutorProtocol"/>; compiled ahead of time, no reflection.</summary>
internal static class ExecutorFrames
{
    // The relaxed encoder leaves '<' and letters beyond ASCII as they are. Nothing of a frame is ever put into a page.
    private static readonly ExecutorJson Contract = new(new JsonSerializerOptions(ExecutorJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The UTF-8 of one command.</summary>
    public static byte[] Encode(ExecutorCommand command) => JsonSerializer.SerializeToUtf8Bytes(command, Contract.ExecutorCommand);

    /// <summary>The UTF-8 of one message.</summary>
    public static byte[] Encode(ExecutorMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, Contract.ExecutorMessage);

    /// <summary>Reads a command.</summary>
    /// <exception cref="JsonException">The bytes are no command of this version.</exception>
    public static ExecutorCommand DecodeCommand(ReadOnlySpan<byte> utf8) => Decode(utf8, Contract.ExecutorCommand);

    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">The bytes are no message of this version.</exception>
    public static ExecutorMessage DecodeMessage(ReadOnlySpan<byte> utf8) => Decode(utf8, Contract.ExecutorMessage);

    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">The text is no message of this version.</exception>
    public static ExecutorMessage DecodeMessage(string text) => DecodeMessage(Encoding.UTF8.GetBytes(text));

    private static T Decode<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> contract)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, contract) ?? throw new JsonException("the frame is null");
        }
        catch (NotSupportedException error)
        {
            // This is how an abstract base without a discriminator is reported.
            throw new JsonException("the frame does not say what it is", error);
        }
    }
}
