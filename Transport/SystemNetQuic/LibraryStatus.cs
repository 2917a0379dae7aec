namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// The native library's own status, which System.Net.Quic leaves in <see cref="Exception.HResult"/> (QUIC_STATUS in msquic_winuser.h and
/// msquic_posix.h). It is all that tells some failures apart that arrive as one exception type; where it says nothing known, the type counts.
/// </summary>
/// <param name="Aborted">A stateless reset: the peer no longer knows the connection.</param>
/// <param name="AlpnNegotiationFailure">No application protocol in common, said by either end.</param>
/// <param name="UserCanceled">The peer's application gave up before the handshake was done (RFC 9000 section 10.2.3): how a listener refuses.</param>
internal sealed record LibraryStatus(int Aborted, int AlpnNegotiationFailure, int UserCanceled)
{
    /// <summary>E_ABORT, ERROR_QUIC_ALPN_NEG_FAILURE, ERROR_QUIC_USER_CANCELED.</summary>
    public static readonly LibraryStatus Windows = new(unchecked((int)0x80004004), unchecked((int)0x80410007), unchecked((int)0x80410002));

    /// <summary>ECANCELED, ENOPROTOOPT, EOWNERDEAD.</summary>
    public static readonly LibraryStatus Linux = new(125, 92, 130);

    /// <summary>The same names, with the numbers of that system.</summary>
    public static readonly LibraryStatus MacOS = new(89, 42, 105);

    public static LibraryStatus Current { get; } = OperatingSystem.IsWindows() ? Windows : OperatingSystem.IsMacOS() ? MacOS : Linux;
}
