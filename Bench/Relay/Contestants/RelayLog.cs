namespace ZeroKSync.Bench.Relay;

/// <summary>A group with a device that pushes and one that reads.</summary>
internal sealed class RelayLog : IDisposable
{
    private readonly RelayGroup _group = new();

    public RelayLog()
    {
        Writer = new RelayMember(_group);
        Reader = new RelayMember(_group);
    }

    public RelayMember Writer { get; }

    public RelayMember Reader { get; }

    public void Dispose()
    {
        Writer.Dispose();
        Reader.Dispose();
        _group.Dispose();
    }
}
