using System.Threading.Channels;

namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

/// <summary>Hands on what it is told; throws at negative numbers.</summary>
public sealed class ProbeObserver : IProbeObserver
{
    private readonly Channel<int> _told = Channel.CreateBounded<int>(100);

    public bool HeardNothing => _told.Reader.Count == 0;

    public ValueTask<int> NextAsync() => _told.Reader.ReadAsync();

    public void OnNumber(int number)
    {
        if (number < 0)
            throw new InvalidOperationException("negative");

        _told.Writer.TryWrite(number);
    }
}
