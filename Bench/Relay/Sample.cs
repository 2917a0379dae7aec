namespace ZeroKSync.Bench.Relay;

/// <summary>One round of one contestant.</summary>
/// <param name="Value">What the line measures.</param>
/// <param name="ServerMicroseconds">Processor time of the contestant for each operation.</param>
/// <param name="ClientMicroseconds">Processor time of this process for each operation.</param>
internal sealed record Sample(double Value, double ServerMicroseconds = double.NaN, double ClientMicroseconds = double.NaN);
