namespace ZeroKSync.Gateway.Http.Status;

/// <summary>A relay between two readings.</summary>
/// <param name="Sessions">At its end.</param>
/// <param name="PushesPerSecond">Acknowledged.</param>
/// <param name="PushedBytesPerSecond">Of their envelopes.</param>
/// <param name="DeliveredPerSecond">Rows sent in pages.</param>
/// <param name="RefusalsPerSecond">Requests, connections and streams together.</param>
/// <param name="PushP50Ms">Half of the batches were acknowledged within it, in milliseconds; null where there were none.</param>
/// <param name="PushP99Ms">99 of 100 were.</param>
public sealed record StatusPoint(
    double Sessions,
    double PushesPerSecond,
    double PushedBytesPerSecond,
    double DeliveredPerSecond,
    double RefusalsPerSecond,
    double? PushP50Ms,
    double? PushP99Ms);
