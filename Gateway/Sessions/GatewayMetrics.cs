using System.Diagnostics.Metrics;
using ZeroKSync.Gateway.Admission;
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
    private readonly Counter<long> _limits;
    private readonly Counter<long> _pauses;
    private readonly Counter<long> _pausedMs;

    public GatewayMetrics()
    {
        _sessions = _meter.CreateUpDownCounter<long>("zks.gateway.sessions", "{session}");
        _refusals = _meter.CreateCounter<long>("zks.gateway.refusals", "{refusal}");
        _refusedConnections = _meter.CreateCounter<long>("zks.gateway.refused_connections", "{connection}");
        _abortedStreams = _meter.CreateCounter<long>("zks.gateway.aborted_streams", "{stream}");
        _limits = _meter.CreateCounter<long>("zks.gateway.limits_reached", "{time}");
        _pauses = _meter.CreateCounter<long>("zks.gateway.pauses", "{pause}");
        _pausedMs = _meter.CreateCounter<long>("zks.gateway.paused_time", "ms");
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

    /// <summary>Its own, so that a listener can tell it from another gateway's.</summary>
    internal Meter Meter => _meter;

    public void SessionOpened() => _sessions.Add(1);

    public void SessionEnded() => _sessions.Add(-1);

    public void Refused(ErrorCode code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", (int)code));

    /// <summary>Somebody was refused, or closed, by a limit.</summary>
    public void LimitReached(GatewayLimit limit) => _limits.Add(1, Tag(limit));

    /// <summary>Somebody is read, or sent to, later by a limit.</summary>
    public void Paused(GatewayLimit limit, TimeSpan time)
    {
        _pauses.Add(1, Tag(limit));
        _pausedMs.Add((long)Math.Ceiling(time.TotalMilliseconds), Tag(limit));
    }

    public void StreamAborted(StreamAbort reason) => _abortedStreams.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public void ConnectionRefused(ConnectionRefusal reason) => _refusedConnections.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    private static KeyValuePair<string, object?> Tag(GatewayLimit limit) => new("limit", limit.ToString());
}
