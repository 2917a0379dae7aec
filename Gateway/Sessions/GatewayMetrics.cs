using System.Diagnostics.Metrics;
using ZeroKSync.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>What a gateway counts. Labels are error codes and reasons: closed sets.</summary>
public sealed class GatewayMetrics
{
    public const string MeterName = "ZeroKSync.Gateway";

    private readonly Meter _meter = new(MeterName);
    private readonly UpDownCounter<long> _sessions;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _refusedConnections;
    private readonly Counter<long> _abortedStreams;

    public GatewayMetrics()
    {
        _sessions = _meter.CreateUpDownCounter<long>("zks.gateway.sessions", "{session}");
        _refusals = _meter.CreateCounter<long>("zks.gateway.refusals", "{refusal}");
        _refusedConnections = _meter.CreateCounter<long>("zks.gateway.refused_connections", "{connection}");
        _abortedStreams = _meter.CreateCounter<long>("zks.gateway.aborted_streams", "{stream}");
        Pushes = _meter.CreateCounter<long>("zks.gateway.pushes", "{blob}");
        PushedBytes = _meter.CreateCounter<long>("zks.gateway.pushed_bytes", "By");
        DeliveredEntries = _meter.CreateCounter<long>("zks.gateway.delivered_entries", "{row}");
    }

    /// <summary>Blobs acknowledged.</summary>
    public Counter<long> Pushes { get; }

    /// <summary>Bytes of their envelopes.</summary>
    public Counter<long> PushedBytes { get; }

    /// <summary>Rows sent in pages.</summary>
    public Counter<long> DeliveredEntries { get; }

    public void SessionOpened() => _sessions.Add(1);

    public void SessionEnded() => _sessions.Add(-1);

    public void Refused(ErrorCode code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", (int)code));

    public void StreamAborted(StreamAbort reason) => _abortedStreams.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public void ConnectionRefused(ConnectionRefusal reason) => _refusedConnections.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
}
