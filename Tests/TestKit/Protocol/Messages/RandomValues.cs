using System.Text;

namespace ZeroKSync.TestKit.Protocol.Messages;

/// <summary>Values at and around the borders of their encodings, all from one seed.</summary>
public sealed class RandomValues(int seed) : IValueSource
{
    private static readonly ulong[] Borders = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, ulong.MaxValue];

    private readonly Random _random = new(seed);

    public byte UInt8(byte max = byte.MaxValue) => (byte)_random.Next(max + 1);

    public uint UInt32() => unchecked((uint)UInt64());

    public ulong UInt64() => unchecked(Borders[_random.Next(Borders.Length)] + (ulong)_random.Next(-1, 2));

    public bool Bool() => _random.Next(2) == 0;

    public byte[] Bytes(int min, int max)
    {
        byte[] bytes = new byte[_random.Next(4) == 0 ? _random.Next(min, max + 1) : Math.Clamp(_random.Next(40), min, max)];
        _random.NextBytes(bytes);
        return bytes;
    }

    public string Text(int bytesMax)
    {
        var text = new StringBuilder();
        int count = _random.Next(4) == 0 ? bytesMax / 4 : _random.Next(10);
        for (int i = 0; i < count; i++)
            text.Append(_random.Next(3) switch { 0 => "x", 1 => "é", _ => "\U0001F511" });

        return text.ToString();
    }

    public IReadOnlyList<T> List<T>(int max, Func<T> element) => [.. Enumerable.Range(0, _random.Next(max + 1)).Select(_ => element())];

    public T? Maybe<T>(Func<T?> value) => Bool() ? value() : default;
}
