using System.Runtime.CompilerServices;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

namespace ZeroKSync.Tests.EmbeddedRuntime.Embedded;

public sealed class WeakObserverTests
{
    [Fact]
    public async Task Reference_NobodyKeepsTheObserver_IsNotKeptAliveByIt()
    {
        await using var host = new EmbeddedHost();
        var (reference, observer) = Create(host);
        for (int round = 0; round < 10 && observer.IsAlive; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(observer.IsAlive);
        await host.Grains.GetGrain<IProbeGrain>(Probe.NewKey()).TellAsync(reference, 1).Within();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (IProbeObserver Reference, WeakReference Observer) Create(EmbeddedHost host)
    {
        var observer = new ProbeObserver();
        return (host.Grains.CreateObjectReference<IProbeObserver>(observer), new WeakReference(observer));
    }
}
