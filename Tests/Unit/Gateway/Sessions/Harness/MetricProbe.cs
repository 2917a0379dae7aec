using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Sessions;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;

/// <summary>Adds up one gateway's counters, and no other's.</summary>
internal sealed class MetricProbe : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new(StringComparer.Ordinal);

    public MetricProbe(GatewayMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == metrics.Meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _sums.AddOrUpdate($"{instrument.Name}/{(tags.IsEmpty ? null : tags[0].Value)}", value, (_, sum) => sum + value));
        _listener.Start();
    }

    public long Reached(GatewayLimit limit) => _sums.GetValueOrDefault($"zks.gateway.limits_reached/{limit}");

    public long Pauses(GatewayLimit limit) => _sums.GetValueOrDefault($"zks.gateway.pauses/{limit}");

    public void Dispose() => _listener.Dispose();
}
