namespace ZeroKSync.TestKit.Impairment;

/// <summary>One datagram that arrives.</summary>
/// <param name="At">When, on the clock that <see cref="ImpairedLink.Decide"/> was given.</param>
/// <param name="FlippedBit">The bit that is wrong, counted from the datagram's start; null for none.</param>
public readonly record struct Delivery(TimeSpan At, int? FlippedBit);
