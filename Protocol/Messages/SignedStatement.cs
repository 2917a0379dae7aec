using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>One link of a rotation chain, as it was signed.</summary>
/// <param name="Statement">What changes.</param>
/// <param name="Signature">Ed25519 under the admission key of the epoch before.</param>
public readonly record struct SignedStatement(ReadOnlyMemory<byte> Statement, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Bytes the smallest takes.</summary>
    internal const int EncodedBytesMin = 69;

    private const int FieldCount = 2;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteBinary(Statement.Span);
        writer.WriteBinary(Signature.Span);
    }

    internal static SignedStatement Read(ref MessagePackReader reader)
    {
        int extra = reader.BeginFields(FieldCount);
        ReadOnlyMemory<byte> statement = reader.ReadBinary(Limits.StatementBytes);
        ReadOnlyMemory<byte> signature = reader.ReadFixed(Limits.SignatureBytes);
        reader.EndFields(extra);
        return new SignedStatement(statement, signature);
    }
}
