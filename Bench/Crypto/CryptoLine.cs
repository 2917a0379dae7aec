namespace ZeroKSync.Bench.Crypto;

/// <summary>A line of <c>bench crypto</c>: what is measured, and what it is set beside.</summary>
/// <param name="What">Name of the line.</param>
/// <param name="Unit">Of the figure, a rate: more is better.</param>
/// <param name="PerCall">How much of it one call is, of the line and of its reference.</param>
/// <param name="Reference">Name of what does the same work on the same bytes in the same run.</param>
/// <param name="Prepare">Makes inputs and state, just before the line is measured.</param>
internal sealed record CryptoLine(string What, string Unit, double PerCall, string Reference, Func<CryptoWork> Prepare)
{
    /// <summary>The figure that was promised, as processor time counts; none where nothing was.</summary>
    public double? Target { get; init; }
}
