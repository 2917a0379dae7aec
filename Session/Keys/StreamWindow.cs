namespace ZeroKSync.Session;

/// <summary>
/// Remembers in constant space which streams have had their keys. Stream numbers of each of QUIC's four kinds (the low two bits) only
/// grow, apart from the order in which concurrent streams are met; a number further back than any concurrent stream can be is refused.
/// </summary>
internal sealed class StreamWindow
{
    /// <summary>Numbers of a kind that may be met out of order: more than a connection has streams at once.</summary>
    internal const int Width = 1024;

    private const int Kinds = 4;
    private const int KindBits = 2;
    private const int WordBits = 64;

    private readonly ulong[]?[] _taken = new ulong[Kinds][];
    private readonly long[] _highest = [-1, -1, -1, -1];

    /// <summary>True once for each stream.</summary>
    internal bool TryTake(long streamId)
    {
        int kind = (int)(streamId & (Kinds - 1));
        long number = streamId >> KindBits;
        ulong[] taken = _taken[kind] ??= new ulong[Width / WordBits];
        long highest = _highest[kind];
        if (number <= highest - Width)
            return false;

        // Places that come into view again belong to numbers nobody has met.
        for (long next = Math.Max(highest + 1, number - Width + 1); next <= number; next++)
            Word(taken, next) &= ~Bit(next);

        _highest[kind] = Math.Max(highest, number);
        if ((Word(taken, number) & Bit(number)) != 0)
            return false;

        Word(taken, number) |= Bit(number);
        return true;
    }

    private static ref ulong Word(ulong[] taken, long number) => ref taken[number % Width / WordBits];

    private static ulong Bit(long number) => 1UL << (int)(number % WordBits);
}
