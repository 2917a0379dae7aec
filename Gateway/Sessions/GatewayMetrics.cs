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
        _sessions = _meter.CreateUpDownCounter<long>("zks.gateway.sessions", "{session}", "Sessions now, counted before HELLO.");
        _refusals = _meter.CreateCounter<long>("zks.gateway.refusals", "{refusal}", "Requests answered by an error, by its code.");
        _refusedConnections = _meter.CreateCounter<long>("zks.gateway.refused_connections", "{connection}", "Connections not taken, by the limit they met.");
        _abortedStreams = _meter.CreateCounter<long>("zks.gateway.aborted_streams", "{stream}", "Streams given up, by reason.");
        _limits = _meter.CreateCounter<long>("zks.gateway.limits_reached", "{time}", "Refused or closed by a limit, by its name.");
        _pauses = _meter.CreateCounter<long>("zks.gateway.pauses", "{pause}", "Read or sent to later by a limit, by its name.");
        _pausedMs = _meter.CreateCounter<long>("zks.gateway.paused_time", "ms", "Time of those pauses.");
        Pushes = _meter.CreateCounter<long>("zks.gateway.pushes", "{blob}", "Blobs acknowledged.");
        PushedBytes = _meter.CreateCounter<long>("zks.gateway.pushed_bytes", "By", "Bytes of their envelopes.");
        DeliveredEntries = _meter.CreateCounter<long>("zks.gateway.delivered_entries", "{row}", "Rows sent in pages.");
        PushDuration = _meter.CreateHistogram<double>("zks.gateway.push_duration", "s", "From reading a batch's first push to sending its acknowledgements.");
    }

    /// <summary>Blobs acknowledged.</summary>
    public Counter<long> Pushes { get; }

    /// <summary>Bytes of their envelopes.</summary>
    public Counter<long> PushedBytes { get; }

    /// <summary>Rows sent in pages.</summary>
    public Counter<long> DeliveredEntries { get; }

    /// <summary>Its own, so that a listener can tell it from another gateway's.</summary>
    internal Meter Meter => _meter;

    /// <summary>From reading a batch's first push to sending its acknowledgements, so that no push of it took longer. One value a batch.</summary>
    public Histogram<double> PushDuration { get; }

    /// <summary>Shows what the transport counts by itself. Once, when it listens.</summary>
    /// <param name="transport">Its counters now.</param>
    public void Observe(Func<ListenerStatistics> transport)
    {
        _meter.CreateObservableUpDownCounter("zks.gateway.connections", () => transport().Connections, "{connection}", "Connections now, unfinished handshakes and closing ones included.");
        _meter.CreateObservableUpDownCounter("zks.gateway.half_open", () => transport().HalfOpen, "{connection}", "Unfinished handshakes now.");
        _meter.CreateObservableCounter("zks.gateway.handshakes", () => transport().Handshakes, "{handshake}", "Finished handshakes of the transport.");
        _meter.CreateObservableCounter("zks.gateway.proofs_asked", () => transport().ProofsAsked, "{connection}", "Newcomers that were told to prove their address first.");
    }

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
