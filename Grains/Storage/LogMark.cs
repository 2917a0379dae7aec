using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>A row's blob goes and the row stays, with the state that says why. It ends in <see cref="LogWritten"/>, <see cref="LogFenced"/> or <see cref="LogRowMismatch"/>.</summary>
public sealed record LogMark
{
    public required GroupId Group { get; init; }

    /// <summary>The version this was decided on.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>A row in state <see cref="EntryState.Blob"/>, <see cref="EntryState.Expired"/> or <see cref="EntryState.Corrupt"/>.</summary>
    public required Cursor Cursor { get; init; }

    /// <summary><see cref="EntryState.Deleted"/> or <see cref="EntryState.Corrupt"/>; what expires is <see cref="IBlobLog.ExpireAsync"/>'s.</summary>
    public required EntryState State { get; init; }

    /// <summary>In a deleted row, the epoch the proof verifies under; it takes the place of the envelope's. Null leaves it.</summary>
    public KeyEpoch? KeyEpoch { get; init; }

    /// <summary>The sender's proof, 64 bytes, in a deleted row.</summary>
    public ReadOnlyMemory<byte>? Proof { get; init; }

    /// <summary>What is written down for the operator in the same transaction; null writes nothing.</summary>
    public AuditKind? Audit { get; init; }

    public required ulong NowMs { get; init; }
}
