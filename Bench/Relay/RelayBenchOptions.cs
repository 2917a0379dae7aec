namespace ZeroKSync.Bench.Relay;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">Of each line; the contestants take turns, the median counts.</param>
/// <param name="Length">Of a round.</param>
/// <param name="IsLong">The sizes that the bounds are about; else a tenth of them and less.</param>
/// <param name="Only">Lines; all where none is named.</param>
/// <param name="Without">Contestants to leave out, by name.</param>
internal sealed record RelayBenchOptions(int Rounds, TimeSpan Length, bool IsLong, RelayLine[] Only, string[] Without)
{
    public int[] LogLengths => IsLong ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];

    public int Groups => IsLong ? 10_000 : 500;

    public int IdleSessions => IsLong ? 2_000 : 500;

    /// <summary>
    /// Processes of each contestant that delivery is measured in, one after another. How the code and data of one happen to lie in memory is worth
    /// a twentieth of its figure, round after round, so more rounds of the same say nothing about that.
    /// </summary>
    public int DeliveryStarts => IsLong ? 5 : 1;

    public int ExpiredBlobs => IsLong ? 1_000_000 : 100_000;
}
