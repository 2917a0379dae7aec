using ZeroKSync.Client.Crypto;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>A row that came from another device.</summary>
internal sealed record InboxRow
{
    /// <summary>Its place in the order it is handed to the app; 0 before it is stored.</summary>
    public long LocalSeq { get; init; }

    public required InboxState State { get; init; }

    /// <summary>Of an authentic blob; null where nothing was opened.</summary>
    public BlobType? Type { get; init; }

    /// <summary>Of an authentic blob of an older epoch that nothing confirms yet: its epoch + 1; else 0.</summary>
    public long Unconfirmed { get; init; }

    public required RelayId Relay { get; init; }

    public required Cursor Cursor { get; init; }

    public required DeviceId Sender { get; init; }

    public required Sequence FirstSeq { get; init; }

    public required Sequence SenderSeq { get; init; }

    public required BlobId BlobId { get; init; }

    public required ulong TimestampMs { get; init; }

    /// <summary>Still sealed; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Envelope { get; init; }
}
