using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.MlKem;

namespace ZeroKSync.Tests.Unit.Session.Handshake;

/// <summary>
/// The three messages a second time, straight from the page: every hash, HMAC and seal written out in order, knowing the secrets of both
/// sides. It shares no line with the handshake under test.
/// </summary>
internal static class PlainNoise
{
    internal sealed record Transcript(byte[] First, byte[] Second, byte[] Third, byte[] HandshakeHash, byte[] ChainingKey, byte[] ClientKey, byte[] RelayKey);

    internal static Transcript Run(byte[] prologue, SecretBytes device, SecretBytes relay, SecretBytes deviceEphemeral, SecretBytes kemSeed, SecretBytes relayEphemeral)
    {
        byte[] h = ProtocolName();
        byte[] ck = h;
        h = Sha(h, prologue);

        byte[] e = Public(deviceEphemeral);
        byte[] e1 = new byte[1184];
        new ManagedMlKem768().GetEncapsulationKey(kemSeed, e1);
        h = Sha(Sha(Sha(h, e), e1), []);

        byte[] re = Public(relayEphemeral);
        byte[] kemCiphertext = new byte[1088];
        byte[] kemSecret = new byte[32];
        Assert.True(HandshakeFixture.EncapsulateFixed(e1, kemCiphertext, kemSecret));
        h = Sha(h, re);
        (ck, byte[] k) = Hmac2(ck, Agree(relayEphemeral, e));
        byte[] ekem1 = Seal(k, 0, h, kemCiphertext);
        h = Sha(h, ekem1);
        (ck, k) = Hmac2(ck, kemSecret);
        byte[] s = Seal(k, 0, h, Public(relay));
        h = Sha(h, s);
        (ck, k) = Hmac2(ck, Agree(deviceEphemeral, Public(relay)));
        byte[] secondEnd = Seal(k, 0, h, []);
        h = Sha(h, secondEnd);

        byte[] deviceStatic = Seal(k, 1, h, Public(device));
        h = Sha(h, deviceStatic);
        (ck, k) = Hmac2(ck, Agree(device, re));
        byte[] thirdEnd = Seal(k, 0, h, []);
        h = Sha(h, thirdEnd);

        (byte[] up, byte[] down) = Hmac2(ck, []);
        return new Transcript([.. e, .. e1], [.. re, .. ekem1, .. s, .. secondEnd], [.. deviceStatic, .. thirdEnd], h, ck, up, down);
    }

    /// <summary>Both direction keys from what the two agreed on, in the order of the handshake: ee, ekem1, es, se. Nothing else is in them.</summary>
    internal static (byte[] Up, byte[] Down) Keys(byte[][] agreed) => Hmac2(agreed.Aggregate(ProtocolName(), (ck, secret) => Hmac2(ck, secret).First), []);

    /// <summary>The key of a stream: HKDF-Expand by hand, one block.</summary>
    internal static byte[] StreamKey(byte[] directionKey, long streamId)
    {
        byte[] id = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(id, streamId);
        return HMACSHA256.HashData(directionKey, (byte[])[.. "zks/1 stream"u8, .. id, 0, 1]);
    }

    internal static byte[] Seal(byte[] key, ulong counter, byte[] associatedData, byte[] plaintext)
    {
        byte[] nonce = new byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), counter);
        byte[] ciphertext = new byte[plaintext.Length];
        byte[] tag = new byte[16];
        using var cipher = new ChaCha20Poly1305(key);
        cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
        return [.. ciphertext, .. tag];
    }

    private static byte[] ProtocolName() => SHA256.HashData("Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256"u8);

    private static byte[] Sha(byte[] first, byte[] second) => SHA256.HashData([.. first, .. second]);

    // Noise's HKDF with two outputs, from its section 4.3.
    private static (byte[] First, byte[] Second) Hmac2(byte[] chainingKey, byte[] input)
    {
        byte[] temporary = HMACSHA256.HashData(chainingKey, input);
        byte[] first = HMACSHA256.HashData(temporary, (byte[])[1]);
        return (first, HMACSHA256.HashData(temporary, (byte[])[.. first, 2]));
    }

    private static byte[] Public(SecretBytes secret)
    {
        byte[] key = new byte[32];
        X25519.GetPublicKey(secret, key);
        return key;
    }

    private static byte[] Agree(SecretBytes secret, byte[] peer)
    {
        byte[] shared = new byte[32];
        Assert.True(X25519.TryAgree(secret, peer, shared));
        return shared;
    }
}
