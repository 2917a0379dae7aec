using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>Which rows to read.</summary>
public sealed record LogQuery
{
    public required GroupId Group { get; init; }

    public required Cursor After { get; init; }

    /// <summary>Rows of this sender are passed over; null reads all.</summary>
    public DeviceId? Except { get; init; }

    /// <summary>Rows at most, at least 1.</summary>
    public required int CountMax { get; init; }

    /// <summary>Encoded bytes at most; one row is always allowed.</summary>
    public required int BytesMax { get; init; }

    /// <summary>Rows whose time is over by now come as expired, ms of relay time.</summary>
    public required ulong NowMs { get; init; }
}
