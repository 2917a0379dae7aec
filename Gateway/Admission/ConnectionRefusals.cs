using Microsoft.Extensions.Logging;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Admission;

/// <summary>Counts the connections that the transport did not take. No line names who was refused.</summary>
public sealed partial class ConnectionRefusals(GatewayMetrics metrics, TimeProvider time, ILogger<ConnectionRefusals> logger)
{
    private readonly RareLine _line = new(time);

    /// <summary>On the transport's own thread: returns at once.</summary>
    public void Add(ConnectionRefusal reason)
    {
        metrics.ConnectionRefused(reason);
        if (_line.IsDue(out long count))
            Refused(logger, count, reason);
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Warning, Message = "Refused {Count} connections since the last such line, the latest for {Reason}")]
    private static partial void Refused(ILogger logger, long count, ConnectionRefusal reason);
}
