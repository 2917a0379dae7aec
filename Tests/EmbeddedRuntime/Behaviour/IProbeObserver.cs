namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

[Alias("zks.tests.IProbeObserver")]
public interface IProbeObserver : IGrainObserver
{
    [Alias("OnNumber")]
    void OnNumber(int number);
}
