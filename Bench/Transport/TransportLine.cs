namespace ZeroKSync.Bench.Transport;

/// <summary>What <c>bench transport</c> measures, in the order of its table.</summary>
internal enum TransportLine
{
    /// <summary>Requests over 100 connections, 8 in flight on each.</summary>
    Crowd,

    /// <summary>Requests over one connection, 64 in flight.</summary>
    Single,

    /// <summary>One request after another.</summary>
    Sequential,

    /// <summary>One stream, as fast as it goes.</summary>
    Bulk,

    /// <summary>The same in datagrams of ordinary Ethernet's size, whatever the path carries.</summary>
    BulkOverEthernet,

    /// <summary>Connections opened and closed.</summary>
    Handshakes,

    /// <summary>A session's requests while a thousand handshakes begin and do not go on.</summary>
    Flood,

    /// <summary>A listener's memory for idle connections.</summary>
    Idle,
}
