using ZeroKSync.Client;

namespace ZeroKSync.Cli;

/// <summary>What a script learns without reading text. Checked in docs/CLI.md.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Something failed that has no number of its own.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No device here yet, no group yet, or one already.</summary>
    public const int WrongState = 3;

    /// <summary>The relay cannot be reached or asks to wait: the same call may succeed later.</summary>
    public const int Unreachable = 4;

    /// <summary>The relay, or this device, said no: wrong relay, not admitted, revoked, invite not found, too large.</summary>
    public const int Refused = 5;

    /// <summary>The data directory cannot be used.</summary>
    public const int LocalStore = 6;

    /// <summary>Stopped by Ctrl-C or a signal.</summary>
    public const int Interrupted = 130;

    public static int Of(SyncException exception) => exception.Kind switch
    {
        SyncErrorKind.WrongState => WrongState,
        SyncErrorKind.LocalStore => LocalStore,
        SyncErrorKind.Unreachable or SyncErrorKind.RelayBusy => Unreachable,
        SyncErrorKind.WrongRelay or SyncErrorKind.Unauthorized or SyncErrorKind.DeviceRevoked or SyncErrorKind.InviteNotFound
            or SyncErrorKind.InviteInvalid or SyncErrorKind.BlobTooLarge or SyncErrorKind.QuotaExceeded => Refused,
        _ => exception.IsTransient ? Unreachable : Failed,
    };
}
