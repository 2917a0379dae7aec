using System.Diagnostics.Metrics;

namespace ZeroKSync.Tests.Storage;

/// <summary>Adds up one of storage's counters for whoever made it: what other tests count at the same time is theirs.</summary>
internal sealed class StorageCount : IDisposable
{
    private static readonly AsyncLocal<StorageCount?> Current = new();

    private readonly MeterListener _listener = new();
    private long _value;

    public StorageCount(string name)
    {
        Current.Value = this;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) =>
        {
            if (Current.Value == this)
                Interlocked.Add(ref _value, value);
        });
        _listener.Start();
    }

    public long Value => Interlocked.Read(ref _value);

    public void Dispose() => _listener.Dispose();
}
