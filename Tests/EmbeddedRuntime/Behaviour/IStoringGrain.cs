namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

[Alias("zks.tests.IStoringGrain")]
public interface IStoringGrain : IGrainWithStringKey
{
    [Alias("Read")]
    Task<string> ReadAsync();

    /// <summary>Null where nothing is stored.</summary>
    [Alias("Exists")]
    Task<bool> ExistsAsync();

    [Alias("Write")]
    Task WriteAsync(string text);

    /// <summary>Writes through a second handle that still knows the version of the activation's start.</summary>
    [Alias("WriteStale")]
    Task WriteStaleAsync(string text);

    [Alias("Clear")]
    Task ClearAsync();

    /// <summary>A number that differs from activation to activation.</summary>
    [Alias("Life")]
    Task<long> LifeAsync();

    [Alias("Deactivate")]
    Task DeactivateAsync();
}
