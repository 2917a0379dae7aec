namespace ZeroKSync.Client.Sync;

/// <summary>How a relay's chain of rotations stands to this device's.</summary>
internal enum WelcomeVerdict
{
    /// <summary>The same.</summary>
    Level,

    /// <summary>The start of this device's: it is shown the rest, and never followed back.</summary>
    RelayBehind,

    /// <summary>Longer: the session serves the rotations and nothing else until this device has followed, if it may.</summary>
    RelayAhead,

    /// <summary>Another history: not followed, and nothing more is said to that relay.</summary>
    Fork,
}
