using ZeroKSync.Tests.EmbeddedRuntime;

// One host for the whole suite: starting a silo takes seconds.
[assembly: AssemblyFixture(typeof(GrainHost))]
