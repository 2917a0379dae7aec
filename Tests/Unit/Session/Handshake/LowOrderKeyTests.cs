using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Handshake;

/// <summary>
/// Keys of low order, by peers that follow the pattern to the letter otherwise: with such a key ee, es or se is zero whatever the other
/// side's key is, and every tag of the message is right. Only the check of the result refuses them.
/// </summary>
public sealed class LowOrderKeyTests : IDisposable
{
    private static readonly byte[] NoAgreement = new byte[32];
    private readonly HandshakeFixture _fixture = new();

    // The points whose order divides 8, and two that are the same as others modulo 2^255 - 19.
    public static TheoryData<string> LowOrderKeys => new(
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    [Theory]
    [MemberData(nameof(LowOrderKeys))]
    public void TryReadSecond_RelayWithALowOrderStaticKey_Refuses(string key)
    {
        byte[] relay = Convert.FromHexString(key);
        using var initiator = new HandshakeInitiator(_fixture.DeviceKey, RelayId.Read(relay), HandshakeFixture.Prologue);
        byte[] second = SecondByHand(HandshakeFixture.First(initiator), relay, NoAgreement);
        Assert.False(initiator.TryReadSecond(second));
        Assert.Throws<InvalidOperationException>(() => initiator.TryWriteThird(new byte[HandshakeMessage.ThirdBytes], out _));
    }

    // The same hand with an honest key: what refuses above is the key, not the hand.
    [Fact]
    public void TryReadSecond_ByHandWithAnHonestStaticKey_Reads()
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        byte[] first = HandshakeFixture.First(initiator);
        byte[] es = new byte[32];
        Assert.True(X25519.TryAgree(_fixture.RelayKey.SecretKey, first.AsSpan(0, 32), es));
        Assert.True(initiator.TryReadSecond(SecondByHand(first, _fixture.RelayKey.PublicKey, es)));
    }

    [Theory]
    [MemberData(nameof(LowOrderKeys))]
    public void TryReadThird_DeviceWithALowOrderStaticKey_Refuses(string key)
    {
        using HandshakeResponder responder = _fixture.Responder();
        byte[] third = ThirdByHand(responder, Convert.FromHexString(key), (_, _) => NoAgreement);
        Assert.False(responder.TryReadThird(third, out SessionKeys? keys));
        Assert.Null(keys);
    }

    [Fact]
    public void TryReadThird_ByHandWithAnHonestStaticKey_Reads()
    {
        using HandshakeResponder responder = _fixture.Responder();
        byte[] third = ThirdByHand(responder, _fixture.DeviceKey.PublicKey.ToArray(), Agree);
        Assert.True(responder.TryReadThird(third, out SessionKeys? keys));
        Assert.Equal(DeviceId.Read(_fixture.DeviceKey.PublicKey), keys.Device);
        keys.Dispose();
    }

    public void Dispose() => _fixture.Dispose();

    private static byte[] Agree(X25519KeyPair own, byte[] peer)
    {
        byte[] secret = new byte[32];
        Assert.True(X25519.TryAgree(own.SecretKey, peer, secret));
        return secret;
    }

    // Whoever answers with such an ephemeral key needs no secret for ee: it is zero for everybody who watches.
    [Theory]
    [MemberData(nameof(LowOrderKeys))]
    public void TryReadSecond_LowOrderEphemeralKeyAndTagsThatFit_Refuses(string key)
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        byte[] first = HandshakeFixture.First(initiator);
        byte[] es = new byte[32];
        Assert.True(X25519.TryAgree(_fixture.RelayKey.SecretKey, first.AsSpan(0, 32), es));
        Assert.False(initiator.TryReadSecond(SecondByHand(first, _fixture.RelayKey.PublicKey, es, Convert.FromHexString(key), NoAgreement)));
    }

    private static byte[] SecondByHand(byte[] first, ReadOnlySpan<byte> relayStatic, byte[] es)
    {
        using X25519KeyPair ephemeral = X25519.GenerateKeyPair();
        return SecondByHand(first, relayStatic, es, ephemeral.PublicKey, Agree(ephemeral, first[..32]));
    }

    private static byte[] SecondByHand(byte[] first, ReadOnlySpan<byte> relayStatic, byte[] es, ReadOnlySpan<byte> ephemeral, byte[] ee)
    {
        using var state = new SymmetricState(HandshakeFixture.Prologue);
        state.MixHash(first.AsSpan(0, 32));
        state.MixHash(first.AsSpan(32));
        state.MixHash(default);

        byte[] ciphertext = new byte[MlKem768.CiphertextBytes];
        byte[] kemSecret = new byte[32];
        Assert.True(MlKem768.Default.TryEncapsulate(first.AsSpan(32), ciphertext, kemSecret));
        byte[] second = new byte[HandshakeMessage.SecondBytes];
        ephemeral.CopyTo(second);
        state.MixHash(ephemeral);
        state.MixKey(ee);
        state.EncryptAndHash(ciphertext, second.AsSpan(32, ciphertext.Length + 16));
        state.MixKey(kemSecret);
        state.EncryptAndHash(relayStatic, second.AsSpan(second.Length - 64, 48));
        state.MixKey(es);
        state.EncryptAndHash(default, second.AsSpan(second.Length - 16));
        return second;
    }

    private byte[] ThirdByHand(HandshakeResponder responder, byte[] deviceStatic, Func<X25519KeyPair, byte[], byte[]> agreeAsDevice)
    {
        using X25519KeyPair ephemeral = X25519.GenerateKeyPair();
        using SecretBytes kemSeed = MlKem768.GenerateSeed();
        using var state = new SymmetricState(HandshakeFixture.Prologue);
        byte[] first = new byte[HandshakeMessage.FirstBytes];
        ephemeral.PublicKey.CopyTo(first);
        MlKem768.Default.GetEncapsulationKey(kemSeed, first.AsSpan(32));
        state.MixHash(ephemeral.PublicKey);
        state.MixHash(first.AsSpan(32));
        state.MixHash(default);

        byte[] second = HandshakeFixture.Second(responder, first);
        byte[] relayEphemeral = second[..32];
        byte[] ciphertext = new byte[MlKem768.CiphertextBytes];
        byte[] kemSecret = new byte[32];
        byte[] relay = new byte[32];
        state.MixHash(relayEphemeral);
        state.MixKey(Agree(ephemeral, relayEphemeral));
        Assert.True(state.TryDecryptAndHash(second.AsSpan(32, ciphertext.Length + 16), ciphertext));
        MlKem768.Default.Decapsulate(kemSeed, ciphertext, kemSecret);
        state.MixKey(kemSecret);
        Assert.True(state.TryDecryptAndHash(second.AsSpan(second.Length - 64, 48), relay));
        state.MixKey(Agree(ephemeral, relay));
        Assert.True(state.TryDecryptAndHash(second.AsSpan(second.Length - 16), default));

        byte[] third = new byte[HandshakeMessage.ThirdBytes];
        state.EncryptAndHash(deviceStatic, third.AsSpan(0, 48));
        state.MixKey(agreeAsDevice(_fixture.DeviceKey, relayEphemeral));
        state.EncryptAndHash(default, third.AsSpan(48));
        return third;
    }
}
