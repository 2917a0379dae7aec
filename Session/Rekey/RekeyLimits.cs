namespace ZeroKSync.Session;

/// <summary>When a session changes its keys, and how long each part of that may take. The defaults are the protocol's.</summary>
public sealed record RekeyLimits
{
    /// <summary>Frames of one direction, over all streams, after which the keys are changed: 2^20.</summary>
    public const long FramesSoftDefault = 1 << 20;

    /// <summary>Age after which the keys are changed.</summary>
    public static readonly TimeSpan AgeSoftDefault = TimeSpan.FromHours(1);

    /// <summary>Frames of one direction at which a session without a rekey ends: 2^21.</summary>
    public const long FramesHardDefault = 2 * FramesSoftDefault;

    /// <summary>Age at which a session without a rekey ends.</summary>
    public static readonly TimeSpan AgeHardDefault = 2 * AgeSoftDefault;

    /// <summary>How long replaced receiving keys wait.</summary>
    public static readonly TimeSpan ReplacedLifeDefault = TimeSpan.FromSeconds(60);

    /// <summary>The protocol's.</summary>
    public static RekeyLimits Default { get; } = new();

    /// <summary>Frames of one direction, over all streams, after which the keys are changed. At least 1, default 2^20.</summary>
    public long FramesSoft { get; init; } = FramesSoftDefault;

    /// <summary>Age of the keys after which they are changed. Default 1 h.</summary>
    public TimeSpan AgeSoft { get; init; } = AgeSoftDefault;

    /// <summary>Frames of one direction at which a session without a rekey ends. Above <see cref="FramesSoft"/>, default 2^21.</summary>
    public long FramesHard { get; init; } = FramesHardDefault;

    /// <summary>Age at which a session without a rekey ends. Above <see cref="AgeSoft"/>, default 2 h.</summary>
    public TimeSpan AgeHard { get; init; } = AgeHardDefault;

    /// <summary>From the first message of a rekey to its end. Default 10 s, as for a session's first handshake.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the receiving keys of a replaced epoch wait for streams that have not moved. Default 60 s.</summary>
    public TimeSpan ReplacedLife { get; init; } = ReplacedLifeDefault;

    /// <summary>
    /// Epochs whose keys may exist at once before a client starts another rekey; the relay, whose clock for each starts earlier, allows one more.
    /// With <see cref="ReplacedLife"/> it bounds how often a peer can have new keys made. Default 4.
    /// </summary>
    public int EpochsLive { get; init; } = 4;
}
