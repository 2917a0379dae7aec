using System.Buffers.Binary;
using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage;

/// <summary>A rotation chain as one blob: per rotation, statement length u32 BE, statement, signature.</summary>
internal static class ChainEncoding
{
    public static byte[] Encode(ImmutableArray<ChainStatement> chain)
    {
        byte[] bytes = new byte[chain.Sum(link => sizeof(uint) + link.Statement.Length + Limits.SignatureBytes)];
        Span<byte> rest = bytes;
        foreach (ChainStatement link in chain)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)link.Statement.Length);
            link.Statement.Span.CopyTo(rest[sizeof(uint)..]);
            link.Signature.Span.CopyTo(rest[(sizeof(uint) + link.Statement.Length)..]);
            rest = rest[(sizeof(uint) + link.Statement.Length + Limits.SignatureBytes)..];
        }

        return bytes;
    }

    public static ImmutableArray<ChainStatement> Decode(byte[] bytes)
    {
        var chain = ImmutableArray.CreateBuilder<ChainStatement>();
        for (int at = 0; at < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            at += sizeof(uint);
            chain.Add(new ChainStatement
            {
                Statement = bytes.AsMemory(at, length),
                Signature = bytes.AsMemory(at + length, Limits.SignatureBytes),
            });
            at += length + Limits.SignatureBytes;
        }

        return chain.DrainToImmutable();
    }
}
