using System.Buffers.Binary;
using System.Numerics;

namespace Wegent.Executor.Security;

/// <summary>SHA-1 of a short message, as RFC 6455 wants it in the answer to a WebSocket handshake. Protects nothing.</summary>
/// <remarks>
/// Not the BCL's, because that one loads OpenSSL: the executor must run in images that have none, and the load would take longer
/// than the whole start. Tested against the BCL.
/// </remarks>
internal static class Sha1
{
    /// <summary>Length of the hash in bytes.</summary>
    public const int Length = 20;

    /// <summary>The hash of a message.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> message)
    {
        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
        var padded = HashPadding.Pad(message);
        for (var offset = 0; offset < padded.Length; offset += HashPadding.BlockLength)
            Compress(state, padded.AsSpan(offset, HashPadding.BlockLength));
        var hash = new byte[Length];
        for (var i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(i * 4), state[i]);
        return hash;
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[80];
        for (var i = 0; i < 16; i++)
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (var i = 16; i < 80; i++)
            w[i] = BitOperations.RotateLeft(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]);
        for (var i = 0; i < 80; i++)
        {
            var (f, k) = i switch
            {
                < 20 => ((b & c) | (~b & d), 0x5a827999u),
                < 40 => (b ^ c ^ d, 0x6ed9eba1u),
                < 60 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdcu),
                _ => (b ^ c ^ d, 0xca62c1d6u),
            };
            (a, b, c, d, e) = (BitOperations.RotateLeft(a, 5) + f + e + k + w[i], a, BitOperations.RotateLeft(b, 30), c, d);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
