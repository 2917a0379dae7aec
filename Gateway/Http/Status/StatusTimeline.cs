namespace ZeroKSync.Gateway.Http.Status;

/// <summary>The last minutes.</summary>
/// <param name="Points">Oldest first, one every <see cref="StatusHistory.Interval"/>.</param>
/// <param name="Last">The latest reading; null before the first.</param>
/// <param name="Refusals">The most frequent now first.</param>
public sealed record StatusTimeline(IReadOnlyList<StatusPoint> Points, FigureReading? Last, IReadOnlyList<StatusRefusal> Refusals);
