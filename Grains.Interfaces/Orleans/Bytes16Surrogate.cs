using System.Buffers.Binary;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="Bytes16"/>, which the ids are made of, crosses between silos: without an array.</summary>
[GenerateSerializer]
[Alias("zks.Bytes16")]
[Immutable]
public struct Bytes16Surrogate
{
    [Id(0)]
    public ulong Word0;

    [Id(1)]
    public ulong Word1;
}

[RegisterConverter]
public sealed class Bytes16Converter : IConverter<Bytes16, Bytes16Surrogate>
{
    public Bytes16 ConvertFromSurrogate(in Bytes16Surrogate surrogate)
    {
        Span<byte> bytes = stackalloc byte[Bytes16.Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes[0..], surrogate.Word0);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], surrogate.Word1);
        return Bytes16.Read(bytes);
    }

    public Bytes16Surrogate ConvertToSurrogate(in Bytes16 value)
    {
        Span<byte> bytes = stackalloc byte[Bytes16.Size];
        value.CopyTo(bytes);
        return new Bytes16Surrogate
        {
            Word0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[0..]),
            Word1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        };
    }
}
