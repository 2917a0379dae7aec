namespace ZeroKSync.Client.Persistence;

/// <summary>What became of a row that came from another device. None is left out.</summary>
internal enum InboxState : byte
{
    /// <summary>Authentic, for the app.</summary>
    Deliverable = 0,

    /// <summary>Authentic, for the client itself: a void, a vector.</summary>
    Internal = 1,

    /// <summary>Does not open: kept, reported, tried again after a key update.</summary>
    Quarantined = 2,

    /// <summary>Deleted, expired or corrupt at the relay.</summary>
    Missing = 3,
}
