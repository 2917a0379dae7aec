using Microsoft.Extensions.Logging;
using ZeroKSync.Gateway.Sessions;

namespace ZeroKSync.Gateway.Admission;

/// <summary>Counts the streams that the relay gave up. No line names whose they were.</summary>
public sealed partial class StreamAborts(GatewayMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly RareLine _line = new(time);

    public void Add(StreamAbort reason)
    {
        metrics.StreamAborted(reason);
        if (_line.IsDue(out long count))
            Aborted(logger, count, reason);
    }

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message = "Gave up {Count} streams since the last such line, the latest for {Reason}")]
    private static partial void Aborted(ILogger logger, long count, StreamAbort reason);
}
