namespace ZeroKSync.Transport.WebSocket;

/// <summary>What the two halves agree on before the first frame.</summary>
public static class WebSocketEndPoint
{
    /// <summary>Where the listener takes WebSockets; everything else there is 404.</summary>
    public const string Path = "/zks/transport";

    /// <summary>The listener speaks none of the subprotocols offered (RFC 9110 section 15.5.7).</summary>
    public const int AlpnMismatchStatus = 406;

    /// <summary>The listener is full or stopping.</summary>
    public const int RefusedStatus = 503;

    /// <summary>The application protocol as a subprotocol (RFC 6455 section 11.3.4): percent-encoded, because a token holds no slash.</summary>
    public static string Subprotocol(string alpn) => Uri.EscapeDataString(alpn);
}
