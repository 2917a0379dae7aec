using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.MlKem;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Handshake;

/// <summary>A device and a relay with fixed static keys; each handshake has the ephemeral keys the test wants.</summary>
internal sealed class HandshakeFixture : IDisposable
{
    internal static readonly byte[] Prologue = HandshakePrologue.ForCertificate(SHA256.HashData("certificate"u8));

    internal X25519KeyPair DeviceKey { get; } = new(Secret(0x11, 32));

    internal X25519KeyPair RelayKey { get; } = new(Secret(0x22, 32));

    internal RelayId Relay => RelayId.Read(RelayKey.PublicKey);

    internal static SecretBytes Secret(byte value, int length)
    {
        SecretBytes secret = SecretBytes.Create(length);
        secret.Writable.Fill(value);
        return secret;
    }

    internal HandshakeInitiator Initiator() => new(DeviceKey, Relay, Prologue);

    internal HandshakeResponder Responder() => new(RelayKey, Prologue);

    internal HandshakeInitiator FixedInitiator() =>
        new(DeviceKey, Relay, Prologue, new X25519KeyPair(Secret(0x33, 32)), Secret(0x44, MlKem768.SeedBytes));

    internal HandshakeResponder FixedResponder() => new(RelayKey, Prologue, new X25519KeyPair(Secret(0x55, 32)), EncapsulateFixed);

    internal static bool EncapsulateFixed(ReadOnlySpan<byte> key, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        Span<byte> message = stackalloc byte[32];
        message.Fill(0x66);
        return ManagedMlKem768.TryEncapsulate(message, key, ciphertext, sharedSecret);
    }

    internal static byte[] First(HandshakeInitiator initiator)
    {
        byte[] message = new byte[HandshakeMessage.FirstBytes];
        initiator.WriteFirst(message);
        return message;
    }

    internal static byte[] Second(HandshakeResponder responder, ReadOnlySpan<byte> first)
    {
        byte[] message = new byte[HandshakeMessage.SecondBytes];
        Assert.True(responder.TryReadFirst(first));
        Assert.True(responder.TryWriteSecond(message));
        return message;
    }

    internal static byte[] Third(HandshakeInitiator initiator, ReadOnlySpan<byte> second, out SessionKeys keys)
    {
        byte[] message = new byte[HandshakeMessage.ThirdBytes];
        Assert.True(initiator.TryReadSecond(second));
        Assert.True(initiator.TryWriteThird(message, out SessionKeys? made));
        keys = made;
        return message;
    }

    /// <summary>A whole handshake: the client's session and the relay's.</summary>
    internal (SessionKeys Client, SessionKeys Relay) Run()
    {
        using HandshakeInitiator initiator = Initiator();
        using HandshakeResponder responder = Responder();
        byte[] third = Third(initiator, Second(responder, First(initiator)), out SessionKeys client);
        Assert.True(responder.TryReadThird(third, out SessionKeys? relay));
        return (client, relay);
    }

    public void Dispose()
    {
        DeviceKey.Dispose();
        RelayKey.Dispose();
    }
}
