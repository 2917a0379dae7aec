using ZeroKSync.Protocol;

namespace ZeroKSync.Client;

/// <summary>Something an app or a person may want to know; nothing has to be done for the data to stay safe.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When, by this device's clock.</param>
/// <param name="Message">A sentence for a person, without ids or secrets.</param>
/// <param name="Device">The device it is about, where there is one.</param>
/// <param name="Sequence">The sender's sequence it is about, where there is one.</param>
/// <param name="Blob">The blob it is about, where there is one.</param>
/// <param name="Cursor">The place at the relay it is about, where there is one.</param>
public sealed record SyncEvent(
    SyncEventKind Kind,
    DateTimeOffset At,
    string Message,
    DeviceId? Device = null,
    Sequence? Sequence = null,
    BlobId? Blob = null,
    Cursor? Cursor = null);
