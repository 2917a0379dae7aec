namespace ZeroKSync.Bench.Relay;

/// <summary>What <c>bench relay</c> measures, in the order of its report.</summary>
internal enum RelayLine
{
    /// <summary>Durable appends of 1 KiB to one log, with 1, 32 and 256 in flight.</summary>
    Append,

    /// <summary>The same with 32 logs, one in flight on each.</summary>
    Spread,

    /// <summary>Append, notify, read: one blob at a time.</summary>
    Delivery,

    /// <summary>A reader that is 10,000 blobs behind.</summary>
    CatchUp,

    /// <summary>Many groups of 10 blobs, and an append beside them.</summary>
    Groups,

    /// <summary>Memory for each session over which nothing goes.</summary>
    Idle,

    /// <summary>Appends, delivery, catch-up and restart as a log grows.</summary>
    Growth,

    /// <summary>Appends while a week's blobs expire.</summary>
    Expiry,

    /// <summary>Where the processor time of a push goes.</summary>
    Layers,
}
