namespace ZeroKSync.Tests.Unit.Cryptography.Blake;

/// <summary>Contents and the ranges of them that are worth asking for.</summary>
internal static class Ranges
{
    /// <summary>Lengths of content up to nine groups: with and without a whole last group, and with one of a single chunk or byte.</summary>
    public static IReadOnlyList<int> Lengths { get; } =
    [
        0, 1, Inputs.Chunk, Inputs.Chunk + 1, Inputs.Group - 1, Inputs.Group, Inputs.Group + 1, (2 * Inputs.Group) - 1, 2 * Inputs.Group, (2 * Inputs.Group) + 1,
        3 * Inputs.Group, (3 * Inputs.Group) + Inputs.Chunk, 4 * Inputs.Group, (4 * Inputs.Group) + 1, (5 * Inputs.Group) - 1, (7 * Inputs.Group) + 100, 8 * Inputs.Group, (8 * Inputs.Group) + 1, 9 * Inputs.Group,
    ];

    /// <summary>Every pair of borders: the groups', the ends, one byte beside each, and far behind the end. Empty ranges too.</summary>
    public static IEnumerable<(long Offset, long Length)> Of(int contentLength)
    {
        long[] places =
        [
            .. Enumerable.Range(0, (contentLength / Inputs.Group) + 2).SelectMany(group => new[] { ((long)group * Inputs.Group) - 1, (long)group * Inputs.Group, ((long)group * Inputs.Group) + 1 })
                .Concat([contentLength - 1, contentLength, contentLength + 1L, 1L << 50]).Where(place => place >= 0).Distinct().Order(),
        ];

        return from offset in places from end in places where end >= offset select (offset, end - offset);
    }
}
