namespace ZeroKSync.Bench.Relay;

/// <summary>What a reader that was behind has read.</summary>
/// <param name="Blobs">How many.</param>
/// <param name="Bytes">Of the blobs alone.</param>
/// <param name="Elapsed">From the first request to the last byte.</param>
internal sealed record CatchUp(int Blobs, long Bytes, TimeSpan Elapsed)
{
    public double MegabytesPerSecond => Bytes / 1e6 / Elapsed.TotalSeconds;
}
