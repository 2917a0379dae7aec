namespace ZeroKSync.Gateway.Admission;

/// <summary>The gateway's own limits, as the metrics name them. Those of groups are error codes and counted as refusals.</summary>
public enum GatewayLimit
{
    /// <summary>Sessions of the gateway.</summary>
    Sessions,

    /// <summary>Sessions of one address.</summary>
    SessionsPerAddress,

    /// <summary>Sessions of one address that have not said HELLO.</summary>
    HandshakesPerAddress,

    /// <summary>Handshake and HELLO took too long.</summary>
    OpenDeadline,

    /// <summary>Nothing was heard for the idle timeout.</summary>
    IdleTimeout,

    /// <summary>Pushes of one device: its stream is read later.</summary>
    MessagesPerDevice,

    /// <summary>Pushes of all devices together: streams are read later.</summary>
    MessagesPerGateway,

    /// <summary>Other requests of one device.</summary>
    RequestsPerDevice,

    /// <summary>Bytes in hand for all sessions together.</summary>
    BytesInHand,

    /// <summary>Storage takes no more work: streams are read later.</summary>
    StorageQueue,

    /// <summary>HELLOs with the create flag of one address.</summary>
    CreationsPerAddress,

    /// <summary>The admission hook said no, or nothing.</summary>
    GroupAdmission,
}
