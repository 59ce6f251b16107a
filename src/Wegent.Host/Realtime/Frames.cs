using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Wegent.Events;
using Wegent.Hosting.Api;

namespace Wegent.Hosting.Realtime;

/// <summary>Builds the frames that the server sends: WebSocket text frames, unmasked and whole, as RFC 6455 section 5.2 has them.</summary>
internal static class Frames
{
    private const byte FinalText = 0x81;

    private const int LongestHeader = 10;

    private static readonly JsonWriterOptions s_trusted = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>An event of a room.</summary>
    public static Frame Event(string room, long seq, string name, ReadOnlySpan<byte> data, long? order = null)
    {
        var buffer = Begin(data.Length + 128);
        using (var writer = new Utf8JsonWriter(buffer, s_trusted))
        {
            writer.WriteStartObject();
            writer.WriteString("event"u8, name);
            writer.WriteString("room"u8, room);
            writer.WriteNumber("seq"u8, seq);
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(data, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return new Frame(order ?? seq, Finish(buffer));
    }

    /// <summary>An event of a task's run log.</summary>
    public static Frame Event(string room, RecordedEvent recorded) => Event(room, recorded.Seq, recorded.Name, recorded.Data.Span);

    /// <summary>The answer to a client's frame that was done.</summary>
    /// <param name="id">The client's own number of it; undefined when it sent none.</param>
    /// <param name="writeData">Writes the data object.</param>
    public static byte[] Ack(JsonElement id, Action<Utf8JsonWriter> writeData)
    {
        var buffer = Begin(256);
        using (var writer = new Utf8JsonWriter(buffer, s_trusted))
        {
            WriteAnswer(writer, id, "ack"u8);
            writer.WritePropertyName("data"u8);
            writeData(writer);
            writer.WriteEndObject();
        }

        return Finish(buffer);
    }

    /// <summary>The answer to a client's frame that could not be done.</summary>
    public static byte[] Error(JsonElement id, string code, string detail, IReadOnlyList<Finding>? findings)
    {
        var buffer = Begin(256);
        using (var writer = new Utf8JsonWriter(buffer, s_trusted))
        {
            WriteAnswer(writer, id, "error"u8);
            writer.WriteStartObject("error"u8);
            writer.WriteString("code"u8, code);
            writer.WriteString("detail"u8, detail);
            if (findings is not null)
            {
                writer.WritePropertyName("errors"u8);
                JsonSerializer.Serialize(writer, findings, ApiJson.Readable.IReadOnlyListFinding);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Finish(buffer);
    }

    private static void WriteAnswer(Utf8JsonWriter writer, JsonElement id, ReadOnlySpan<byte> name)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("id"u8);
        if (id.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            id.WriteTo(writer);
        else
            writer.WriteNullValue();
        writer.WriteString("event"u8, name);
    }

    // The header's length depends on the payload's, which is known last: room for the longest one is left in front.
    private static ArrayBufferWriter<byte> Begin(int size)
    {
        var buffer = new ArrayBufferWriter<byte>(LongestHeader + size);
        buffer.GetSpan(LongestHeader)[..LongestHeader].Clear();
        buffer.Advance(LongestHeader);
        return buffer;
    }

    private static byte[] Finish(ArrayBufferWriter<byte> buffer)
    {
        var payload = buffer.WrittenSpan[LongestHeader..];
        var header = payload.Length switch { < 126 => 2, <= ushort.MaxValue => 4, _ => LongestHeader };
        var frame = GC.AllocateUninitializedArray<byte>(header + payload.Length);
        frame[0] = FinalText;
        switch (header)
        {
            case 2:
                frame[1] = (byte)payload.Length;
                break;
            case 4:
                frame[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
                break;
            default:
                frame[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
                break;
        }

        payload.CopyTo(frame.AsSpan(header));
        return frame;
    }
}
