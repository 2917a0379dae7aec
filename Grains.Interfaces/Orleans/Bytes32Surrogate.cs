using System.Buffers.Binary;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="Bytes32"/>, which the ids are made of, crosses between silos: without an array.</summary>
[GenerateSerializer]
[Alias("zks.Bytes32")]
[Immutable]
public struct Bytes32Surrogate
{
    [Id(0)]
    public ulong Word0;

    [Id(1)]
    public ulong Word1;

    [Id(2)]
    public ulong Word2;

    [Id(3)]
    public ulong Word3;
}

[RegisterConverter]
public sealed class Bytes32Converter : IConverter<Bytes32, Bytes32Surrogate>
{
    public Bytes32 ConvertFromSurrogate(in Bytes32Surrogate surrogate)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes[0..], surrogate.Word0);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], surrogate.Word1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], surrogate.Word2);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], surrogate.Word3);
        return Bytes32.Read(bytes);
    }

    public Bytes32Surrogate ConvertToSurrogate(in Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        value.CopyTo(bytes);
        return new Bytes32Surrogate
        {
            Word0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[0..]),
            Word1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            Word2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            Word3 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
        };
    }
}
