using Orleans.Concurrency;
using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// One group: its membership, rotation chain, cursor head, sender sequences and fan-out. Key: <see cref="GrainKeys.Group"/>.
/// It trusts its caller (the gateway) to have proved the device's key and its membership; it does not trust it to be the only one.
/// </summary>
[Alias("zks.IGroupGrain")]
public interface IGroupGrain : IGrainWithStringKey
{
    /// <summary>Admits a device whose proof and chain the gateway has verified; may create the group or advance its chain.</summary>
    [Alias("Hello")]
    Task<HelloResult> HelloAsync(HelloCommand command, CancellationToken cancellationToken);

    /// <summary>
    /// Appends blobs of one sender in order, in one transaction: durable when it returns. At most
    /// <see cref="GrainLimits.AppendEntriesMax"/> entries or <see cref="GrainLimits.AppendBytesMax"/> bytes.
    /// </summary>
    [Alias("Append")]
    Task<AppendResult> AppendAsync(AppendBatch batch, CancellationToken cancellationToken);

    /// <summary>Reads a page. It touches storage alone, so it never queues behind an fsync.</summary>
    [AlwaysInterleave]
    [Alias("Read")]
    Task<ReadResult> ReadAsync(ReadQuery query, CancellationToken cancellationToken);

    /// <summary>Everything up to the cursor is durably stored by this device.</summary>
    [Alias("Acknowledge")]
    Task<CommandResult> AcknowledgeAsync(AcknowledgeCommand command, CancellationToken cancellationToken);

    /// <summary>Puts the envelope back into a row that was found corrupt.</summary>
    [Alias("Refill")]
    Task<CommandResult> RefillAsync(RefillCommand command, CancellationToken cancellationToken);

    /// <summary>Removes the envelope of the sender's own blob; the row stays, with its state and the proof.</summary>
    [Alias("Delete")]
    Task<CommandResult> DeleteAsync(DeleteCommand command, CancellationToken cancellationToken);

    /// <summary>Blocks a device id until the rotation that must follow.</summary>
    [Alias("RevokeDevice")]
    Task<CommandResult> RevokeDeviceAsync(RevokeDeviceCommand command, CancellationToken cancellationToken);

    /// <summary>The devices that are not revoked, by id.</summary>
    [Alias("ListDevices")]
    Task<DeviceListResult> ListDevicesAsync(CancellationToken cancellationToken);

    /// <summary>Extends the rotation chain by one statement and stores the wraps, in one transaction.</summary>
    [Alias("RotateKey")]
    Task<CommandResult> RotateKeyAsync(RotateKeyCommand command, CancellationToken cancellationToken);

    /// <summary>The rotations after an epoch, oldest first, with the asking device's wraps.</summary>
    [Alias("GetRotations")]
    Task<RotationsResult> GetRotationsAsync(RotationsQuery query, CancellationToken cancellationToken);
}
