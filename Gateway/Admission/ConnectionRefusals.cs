using Microsoft.Extensions.Logging;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Admission;

/// <summary>
/// Counts the connections that the transport did not take, and says so in one line at most every ten seconds: a flood must not flood the
/// log too, and no line names who was refused.
/// </summary>
public sealed partial class ConnectionRefusals(GatewayMetrics metrics, TimeProvider time, ILogger<ConnectionRefusals> logger)
{
    /// <summary>Least time between two lines.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _saidAt;
    private long _unsaid;

    /// <summary>On the transport's own thread: returns at once.</summary>
    public void Add(ConnectionRefusal reason)
    {
        metrics.ConnectionRefused(reason);
        long count;
        lock (_gate)
        {
            _unsaid++;
            if (_saidAt is { } saidAt && time.GetElapsedTime(saidAt) < Silence)
                return;

            _saidAt = time.GetTimestamp();
            count = _unsaid;
            _unsaid = 0;
        }

        Refused(logger, count, reason);
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Warning, Message = "Refused {Count} connections since the last such line, the latest for {Reason}")]
    private static partial void Refused(ILogger logger, long count, ConnectionRefusal reason);
}
