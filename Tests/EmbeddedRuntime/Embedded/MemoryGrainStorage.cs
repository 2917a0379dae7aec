using System.Globalization;
using ZeroKSync.EmbeddedRuntime;

namespace ZeroKSync.Tests.EmbeddedRuntime.Embedded;

/// <summary>The storage port over a dictionary, with real compare and swap.</summary>
public sealed class MemoryGrainStorage : IEmbeddedGrainStorage
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EmbeddedStateKey, EmbeddedGrainRecord> _records = [];
    private long _version;

    public Task<EmbeddedGrainRecord?> ReadAsync(EmbeddedStateKey key, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_records.GetValueOrDefault(key));
    }

    public Task<string?> TryWriteAsync(EmbeddedStateKey key, ReadOnlyMemory<byte> state, string? knownEtag, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_records.GetValueOrDefault(key)?.Etag != knownEtag)
                return Task.FromResult<string?>(null);

            string etag = (++_version).ToString(CultureInfo.InvariantCulture);
            _records[key] = new EmbeddedGrainRecord(state.ToArray(), etag);
            return Task.FromResult<string?>(etag);
        }
    }

    public Task<bool> TryClearAsync(EmbeddedStateKey key, string? knownEtag, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            bool known = _records.GetValueOrDefault(key)?.Etag == knownEtag;
            if (known)
                _records.Remove(key);

            return Task.FromResult(known);
        }
    }
}
