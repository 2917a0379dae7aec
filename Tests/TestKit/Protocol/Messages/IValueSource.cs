using ZeroKSync.Protocol;

namespace ZeroKSync.TestKit.Protocol.Messages;

/// <summary>Where the values of a message come from.</summary>
public interface IValueSource
{
    byte UInt8(byte max = byte.MaxValue);

    uint UInt32();

    ulong UInt64();

    bool Bool();

    byte[] Bytes(int min, int max);

    string Text(int bytesMax);

    IReadOnlyList<T> List<T>(int max, Func<T> element);

    T? Maybe<T>(Func<T?> value);

    Bytes16 Bytes16() => ZeroKSync.Protocol.Bytes16.Read(Bytes(16, 16));

    Bytes32 Bytes32() => ZeroKSync.Protocol.Bytes32.Read(Bytes(32, 32));
}
