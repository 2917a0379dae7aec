using ZeroKSync.Tests.Fuzz.Engine;

// One target after another: they count this process's memory.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(SeedAnnouncement))]
