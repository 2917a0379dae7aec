using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>Blobs of one sender, in its order, to be stored in one transaction.</summary>
public sealed record LogAppend
{
    public required GroupId Group { get; init; }

    /// <summary>The version this was decided on.</summary>
    public required long ExpectedVersion { get; init; }

    public required DeviceId Sender { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<LogEntry> Entries { get; init; }

    /// <summary>Link of the last entry.</summary>
    public required SequenceLink LastLink { get; init; }

    public required ulong TimestampMs { get; init; }

    /// <summary>Envelope bytes the group may have afterwards; more ends in <see cref="LogQuotaExceeded"/>.</summary>
    public long BytesMax { get; init; } = long.MaxValue;

    /// <summary>What may be trimmed for it, and is only as far as the append needs the room; null trims nothing.</summary>
    public TrimRequest? MakeRoom { get; init; }
}
