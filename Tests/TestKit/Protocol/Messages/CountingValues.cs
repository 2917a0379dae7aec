namespace ZeroKSync.TestKit.Protocol.Messages;

/// <summary>Counts upwards, so that two swapped fields give other bytes; every list has two elements, every optional is there.</summary>
public sealed class CountingValues : IValueSource
{
    private byte _next;

    public byte UInt8(byte max = byte.MaxValue) => Math.Min(++_next, max);

    public uint UInt32() => (uint)(0x0100 + ++_next);

    public ulong UInt64() => 0x01_0000_0000UL + ++_next;

    public bool Bool() => ++_next % 2 == 0;

    public byte[] Bytes(int min, int max)
    {
        byte[] bytes = new byte[Math.Max(min, 3)];
        Array.Fill(bytes, ++_next);
        return bytes;
    }

    public string Text(int bytesMax) => new((char)('a' + (++_next % 26)), 5);

    public IReadOnlyList<T> List<T>(int max, Func<T> element) => [element(), element()];

    public T? Maybe<T>(Func<T?> value) => value();
}
