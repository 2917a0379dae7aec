namespace ZeroKSync.Bench.Push;

/// <summary>How pushes are offered.</summary>
internal sealed record PushShape(int Connections, int InFlight)
{
    public override string ToString() => $"{Connections} x {InFlight} in flight";
}
