namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

[Alias("zks.tests.IFailingGrain")]
public interface IFailingGrain : IGrainWithStringKey
{
    [Alias("Touch")]
    Task TouchAsync();
}
