using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using RekeyMessage = ZeroKSync.Protocol.Messages.Rekey;

namespace ZeroKSync.Tests.Unit.Session.Rekey;

/// <summary>What docs/PROTOCOL.md and docs/CRYPTOGRAPHY.md say of a rekey's bytes, computed once more with the framework's own functions.</summary>
public sealed class RekeyBytesTests
{
    private const long Stream = 8;

    [Theory]
    [InlineData(0, "9205C400")]
    [InlineData(HandshakeMessage.FirstBytes, "9205C504C0")]
    [InlineData(HandshakeMessage.SecondBytes, "9205C504B0")]
    [InlineData(HandshakeMessage.ThirdBytes, "9205C440")]
    public void Message_IsWhatThePageSays(int bytes, string head)
    {
        byte[] encoded = MessageCodec.Encode(new RekeyMessage(new byte[bytes]));

        Assert.Equal(head, Convert.ToHexString(encoded.AsSpan(0, head.Length / 2)));
        Assert.Equal((head.Length / 2) + bytes, encoded.Length);
    }

    [Fact]
    public void Prologue_IsTheLabelAndTheHashBefore()
    {
        byte[] hash = RandomNumberGenerator.GetBytes(SessionKeys.HandshakeHashBytes);

        Assert.Equal([.. "zks/1 rekey"u8, .. hash], HandshakePrologue.ForRekey(hash));
        Assert.Throws<ArgumentException>(() => HandshakePrologue.ForRekey(hash.AsSpan(1)));
    }

    // Epoch 0 carries two frames, so the first of epoch 1 has nonce 2 under a key of its own.
    [Fact]
    public void Frame_AfterTheSwitch_OpensWithTheKeyAndNonceOfThePage()
    {
        byte[] made = RandomNumberGenerator.GetBytes(64);
        using SessionKeys keys = KeysOf(RandomNumberGenerator.GetBytes(64)), next = KeysOf(made);
        using FrameSealer sealer = keys.CreateSealer(Stream);
        byte[] frame = new byte[FrameSealer.GetFrameSize(5)];
        sealer.Seal("first"u8, frame);
        sealer.Seal("again"u8, frame);
        Assert.True(keys.TryStage(next));
        keys.Switch(TimeSpan.MaxValue);

        sealer.Seal("moved"u8, frame);

        byte[] info = [.. "zks/1 stream"u8, 0, 0, 0, 0, 0, 0, 0, (byte)Stream, 1];
        byte[] key = HKDF.Expand(HashAlgorithmName.SHA256, made[..32], 32, info), nonce = new byte[12], opened = new byte[5];
        BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), 2);
        using var cipher = new ChaCha20Poly1305(key);
        cipher.Decrypt(nonce, frame.AsSpan(5, 5), frame.AsSpan(10), opened, frame.AsSpan(0, 5));
        Assert.Equal("moved"u8, opened);
        Assert.Equal([0, 0, 0, 22, 1], frame[..5]);
    }

    private static SessionKeys KeysOf(byte[] split) => new(SecretBytes.CopyFrom(split), isInitiator: true, new byte[SessionKeys.HandshakeHashBytes], default);
}
