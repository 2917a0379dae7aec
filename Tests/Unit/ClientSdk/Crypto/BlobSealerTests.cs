using System.Security.Cryptography;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.ClientSdk.Crypto;

public sealed class BlobSealerTests : IDisposable
{
    private static readonly BlobIds Ids = new(DeviceId.Read([.. Enumerable.Repeat((byte)1, 32)]), new Sequence(7), BlobId.Read([.. Enumerable.Repeat((byte)2, 16)]));
    private readonly GroupRecord _record = GroupRecord.Create(default, default);
    private readonly GroupKeyring _keyring;
    private readonly BlobSealer _sealer;

    public BlobSealerTests()
    {
        _keyring = new GroupKeyring(_record);
        _sealer = new BlobSealer(_keyring);
    }

    public void Dispose()
    {
        _keyring.Dispose();
        _record.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(27)]
    [InlineData(28)]
    [InlineData(1000)]
    [InlineData(Padding.PayloadBytesMax)]
    public void TryOpen_WhatWasSealed_IsTheSame(int length)
    {
        byte[] payload = RandomNumberGenerator.GetBytes(length);
        byte[] envelope = Seal(payload);

        Assert.True(_sealer.TryOpen(Ids, envelope, out OpenedBlob opened));
        Assert.True(opened.Payload.Span.SequenceEqual(payload));
        Assert.Equal(BlobType.AppData, opened.Type);
        Assert.Equal(EnvelopeHeader.Size + Padding.PaddedLength(length) + 16, envelope.Length);
        Assert.True(envelope.Length <= Limits.EnvelopeBytes);
    }

    [Fact]
    public void Seal_TooLarge_IsTheCallersMistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Seal(new byte[Padding.PayloadBytesMax + 1]));

    [Fact]
    public void TryOpen_AnyFlippedBit_IsRefused()
    {
        byte[] envelope = Seal(RandomNumberGenerator.GetBytes(40));
        for (int bit = 0; bit < envelope.Length * 8; bit++)
        {
            envelope[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_sealer.TryOpen(Ids, envelope, out _), $"bit {bit}");
            envelope[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(_sealer.TryOpen(Ids, envelope, out _));
    }

    [Fact]
    public void TryOpen_AnyTruncation_IsRefused()
    {
        byte[] envelope = Seal(RandomNumberGenerator.GetBytes(40));
        for (int length = 0; length < envelope.Length; length++)
            Assert.False(_sealer.TryOpen(Ids, envelope.AsSpan(0, length), out _), $"length {length}");

        Assert.False(_sealer.TryOpen(Ids, [.. envelope, 0], out _));
    }

    [Fact]
    public void TryOpen_OtherIds_IsRefused()
    {
        byte[] envelope = Seal([1, 2, 3]);

        Assert.False(_sealer.TryOpen(Ids with { Sender = default }, envelope, out _));
        Assert.False(_sealer.TryOpen(Ids with { SenderSeq = new Sequence(8) }, envelope, out _));
        Assert.False(_sealer.TryOpen(Ids with { BlobId = default }, envelope, out _));
    }

    [Fact]
    public void TryOpen_OtherGroup_IsRefused()
    {
        using GroupRecord other = GroupRecord.Create(default, default);
        using var keyring = new GroupKeyring(other);

        Assert.False(new BlobSealer(keyring).TryOpen(Ids, Seal([1]), out _));
    }

    [Fact]
    public void Seal_KnownKeyAndNonce_IsWhatThePageSays()
    {
        byte[] nonce = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
        var header = new EnvelopeHeader(default, Ids.SenderSeq, SequenceLink.Read([.. Enumerable.Repeat((byte)3, 32)]));
        byte[] envelope = _sealer.Seal(Ids, header, BlobType.Void, [0xaa, 0xbb], nonce);

        byte[] keys = HKDF.Expand(HashAlgorithmName.SHA256, _keyring.Current.SyncKey.Span.ToArray(), 64, [.. "zks/1 blob"u8, .. nonce]);
        byte[] seq = [0, 0, 0, 0, 0, 0, 0, 7];
        byte[] associatedData =
        [
            .. "zks/1 blob"u8, 1, .. _record.GroupId.ToArray(), 0, 0, 0, 0, .. Ids.Sender.ToArray(), .. seq, .. seq, .. Ids.BlobId.ToArray(), .. header.Previous.ToArray(),
        ];
        byte[] plaintext = [1, 0, 0, 0, 2, 0xaa, 0xbb, .. new byte[25]];
        byte[] ciphertext = new byte[plaintext.Length + 16];
        XChaCha20Poly1305.Encrypt(keys.AsSpan(0, 32), nonce, plaintext, associatedData, ciphertext);
        Assert.Equal([1, 0, 0, 0, 0, .. seq, .. header.Previous.ToArray(), .. nonce, .. keys.AsSpan(32), .. ciphertext], envelope);
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(27, 32)]
    [InlineData(28, 36)]
    [InlineData(95, 104)]
    [InlineData(1019, 1024)]
    [InlineData(1020, 1088)]
    [InlineData(999_995, 1_015_808)]
    public void PaddedLength_KnownSizes_ArePadme(int payload, int padded)
    {
        Assert.Equal(padded, Padding.PaddedLength(payload));
        Assert.Equal(Padding.PaddedBytesMax, Padding.PaddedLength(Padding.PayloadBytesMax));
    }

    [Fact]
    public void TryRead_FillThatIsNotZero_IsRefused()
    {
        byte[] padded = new byte[32];
        Padding.Write(BlobType.AppData, [1], padded);
        Assert.True(Padding.TryRead(padded, out _, out _));

        padded[^1] = 1;

        Assert.False(Padding.TryRead(padded, out _, out _));
        Assert.False(Padding.TryRead(new byte[31], out _, out _));
    }

    [Fact]
    public void DeviceCard_OpensForItsDeviceOnly()
    {
        using DeviceKeys device = DeviceKeys.Generate();
        byte[] card = DeviceCard.Seal(_keyring, device, "laptop");

        Assert.True(DeviceCard.TryOpen(_keyring, device.DeviceId, card, out DeviceCard? opened));
        Assert.Equal("laptop", opened.Name);
        Assert.Equal(1184, opened.EncapsulationKey.Length);
        Assert.False(DeviceCard.TryOpen(_keyring, Ids.Sender, card, out _));
        card[^1] ^= 1;
        Assert.False(DeviceCard.TryOpen(_keyring, device.DeviceId, card, out _));
        Assert.False(DeviceCard.TryOpen(_keyring, device.DeviceId, card.AsSpan(0, 30), out _));
    }

    private byte[] Seal(byte[] payload) => _sealer.Seal(Ids, Ids.SenderSeq, default, BlobType.AppData, payload);
}
