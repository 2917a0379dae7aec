namespace ZeroKSync.Grains;

/// <summary>Bounds of grain calls. The wire's own bounds are in the protocol's Limits.</summary>
public static class GrainLimits
{
    /// <summary>Most blobs in one append: more gains nothing per commit and makes the others wait.</summary>
    public const int AppendEntriesMax = 256;

    /// <summary>Most envelope bytes in one append. One blob of the largest size always fits.</summary>
    public const int AppendBytesMax = 1 << 20;

    /// <summary>Most rows in one page.</summary>
    public const int PageEntriesMax = 1000;

    /// <summary>How many numbers a refusal carries at most, as on the wire.</summary>
    public const int RefusalDetailMax = 4;
}
