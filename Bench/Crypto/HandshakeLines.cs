using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Bench.Crypto;

/// <summary>The whole handshake of a session, device and relay on one core, beside what an XX handshake without ML-KEM multiplies.</summary>
internal static class HandshakeLines
{
    private const int Products = 6;

    public static IEnumerable<CryptoLine> All()
    {
        yield return new CryptoLine("session handshake, both sides", "1/s", 1, "2 keys and 6 products of X25519", () =>
        {
            X25519KeyPair device = X25519.GenerateKeyPair();
            X25519KeyPair relay = X25519.GenerateKeyPair();
            byte[] prologue = HandshakePrologue.ForCertificate(SHA256.HashData("certificate"u8));
            return new CryptoWork(() => Run(device, relay, prologue), () => Multiply(device, relay));
        });
    }

    private static void Run(X25519KeyPair device, X25519KeyPair relay, byte[] prologue)
    {
        using var initiator = new HandshakeInitiator(device, RelayId.Read(relay.PublicKey), prologue);
        using var responder = new HandshakeResponder(relay, prologue);
        Span<byte> first = stackalloc byte[HandshakeMessage.FirstBytes];
        Span<byte> second = stackalloc byte[HandshakeMessage.SecondBytes];
        Span<byte> third = stackalloc byte[HandshakeMessage.ThirdBytes];
        initiator.WriteFirst(first);
        if (!responder.TryReadFirst(first) || !responder.TryWriteSecond(second) || !initiator.TryReadSecond(second)
            || !initiator.TryWriteThird(third, out SessionKeys? ofDevice) || !responder.TryReadThird(third, out SessionKeys? ofRelay))
        {
            throw new InvalidOperationException("A good handshake was refused.");
        }

        ofDevice.Dispose();
        ofRelay.Dispose();
    }

    private static void Multiply(X25519KeyPair device, X25519KeyPair relay)
    {
        using X25519KeyPair one = X25519.GenerateKeyPair();
        using X25519KeyPair other = X25519.GenerateKeyPair();
        Span<byte> secret = stackalloc byte[X25519.KeyBytes];
        for (int i = 0; i < Products; i++)
            X25519.TryAgree(device.SecretKey, relay.PublicKey, secret);
    }
}
