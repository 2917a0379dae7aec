using System.Net;

namespace ZeroKSync.Transport.Ngtcp2.Resumption;

/// <summary>
/// Whom something is remembered of. The pin is part of it: a resumed handshake does not show the certificate again, so a session made
/// without a pin, or under another, must not be taken for one made under this.
/// </summary>
internal readonly record struct ListenerKey(IPEndPoint Remote, string Alpn, string Pin)
{
    public static ListenerKey Of(IPEndPoint remote, TransportConnectOptions options) => new(remote, options.Alpn, Convert.ToHexString(options.CertificatePin.Span));
}
