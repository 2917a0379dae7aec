namespace Orleans.Core;

/// <summary>Reading and writing a stored state. A write that meets a newer state throws InconsistentStateException.</summary>
public interface IStorage
{
    /// <summary>Names the version that was read or written last; null when nothing is stored.</summary>
    string? Etag { get; }

    bool RecordExists { get; }

    Task ClearStateAsync();

    Task WriteStateAsync();

    Task ReadStateAsync();

    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}
