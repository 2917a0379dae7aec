namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>What the app wants of the engine for one stream, copied out from under the lock.</summary>
/// <param name="ConsumedBytes">Credit to give back to the peer.</param>
/// <param name="StopCode">Tell the peer to stop sending.</param>
/// <param name="ResetCode">Tell the peer that the rest will not come.</param>
/// <param name="HasWork">There is something to send.</param>
internal readonly record struct StreamOrder(Ngtcp2Stream Stream, int ConsumedBytes, long? StopCode, long? ResetCode, bool HasWork);
