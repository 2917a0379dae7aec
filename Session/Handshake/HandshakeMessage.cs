using ZeroKSync.Cryptography;

namespace ZeroKSync.Session;

/// <summary>Exact lengths of the three handshake messages, in bytes. Payloads are empty; nothing else is accepted.</summary>
public static class HandshakeMessage
{
    internal const int TagBytes = 16;

    /// <summary><c>e, e1</c>: from the client.</summary>
    public const int FirstBytes = X25519.KeyBytes + MlKem768.EncapsulationKeyBytes;

    /// <summary><c>e, ee, ekem1, s, es</c>: from the relay.</summary>
    public const int SecondBytes = X25519.KeyBytes + MlKem768.CiphertextBytes + TagBytes + X25519.KeyBytes + TagBytes + TagBytes;

    /// <summary><c>s, se</c>: from the client.</summary>
    public const int ThirdBytes = X25519.KeyBytes + TagBytes + TagBytes;
}
