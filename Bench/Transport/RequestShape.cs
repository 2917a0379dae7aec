namespace ZeroKSync.Bench.Transport;

/// <summary>How requests are offered: connections, and requests in flight on each.</summary>
internal sealed record RequestShape(int Connections, int InFlight)
{
    public override string ToString() => $"{Connections} x {InFlight}";
}
