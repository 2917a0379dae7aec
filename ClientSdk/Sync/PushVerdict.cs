namespace ZeroKSync.Client.Sync;

/// <summary>What a refused push leads to.</summary>
internal enum PushVerdict
{
    /// <summary>Send on a new stream from the sequence the relay expects.</summary>
    Resend,

    /// <summary>The same, after the pause the relay asks for, or a second.</summary>
    Wait,

    /// <summary>Never accepted there: a void takes its place, the blob is kept.</summary>
    Void,

    /// <summary>Sealed once more under the group's key epoch, which is asked for first where this device does not have it.</summary>
    Reseal,

    /// <summary>Nothing of this device goes there until something else changes.</summary>
    Stop,
}
