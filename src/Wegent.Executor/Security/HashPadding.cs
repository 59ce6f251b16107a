using System.Buffers.Binary;

namespace Wegent.Executor.Security;

/// <summary>The padding that SHA-1 and SHA-256 share: a one bit, zeros, and the length in bits.</summary>
internal static class HashPadding
{
    /// <summary>Length of a block in bytes.</summary>
    public const int BlockLength = 64;

    /// <summary>The message, padded to whole blocks.</summary>
    public static byte[] Pad(ReadOnlySpan<byte> message)
    {
        var padded = new byte[(message.Length + 9 + BlockLength - 1) / BlockLength * BlockLength];
        message.CopyTo(padded);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - 8), (ulong)message.Length * 8);
        return padded;
    }
}
