using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>
/// Puts an envelope back into a row in state <see cref="EntryState.Corrupt"/> that has the same three ids. It ends in
/// <see cref="LogWritten"/>, <see cref="LogFenced"/> or <see cref="LogRowMismatch"/>.
/// </summary>
public sealed record LogRefill
{
    public required GroupId Group { get; init; }

    /// <summary>The version this was decided on.</summary>
    public required long ExpectedVersion { get; init; }

    public required Cursor Cursor { get; init; }

    public required DeviceId Sender { get; init; }

    public required Sequence SenderSeq { get; init; }

    public required BlobId BlobId { get; init; }

    /// <summary>As the envelope says; what the row says of it may be what is damaged.</summary>
    public required KeyEpoch KeyEpoch { get; init; }

    /// <summary>As the envelope says.</summary>
    public required Sequence FirstSeq { get; init; }

    public required ReadOnlyMemory<byte> Envelope { get; init; }

    public required ulong NowMs { get; init; }
}
