using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.ClientSdk.Crypto;

/// <summary>Nothing is sealed twice under one nonce, though it be the same bytes under the same key.</summary>
public sealed class FreshNonceTests : IDisposable
{
    private const int Rounds = 64;
    private readonly GroupRecord _record = GroupRecord.Create(default, default);
    private readonly GroupKeyring _keyring;
    private readonly DeviceKeys _device = DeviceKeys.Generate();

    public FreshNonceTests() => _keyring = new GroupKeyring(_record);

    [Fact]
    public void Blob_SealedAgain_HasAnotherNonceKeyAndCiphertext()
    {
        var sealer = new BlobSealer(_keyring);
        AssertFresh(() => sealer.Seal(new BlobIds(_device.DeviceId, new Sequence(1), default), new Sequence(1), default, BlobType.AppData, [1, 2, 3]), EnvelopeHeader.NonceOffset);
    }

    [Fact]
    public void Card_SealedAgain_HasAnotherNonceAndCiphertext() => AssertFresh(() => DeviceCard.Seal(_keyring, _device, "desk"), sizeof(uint));

    [Fact]
    public void Invite_SealedAgain_HasAnotherNonceAndCiphertext()
    {
        using SecretBytes key = SecretBytes.CreateRandom(32);
        AssertFresh(() => InviteSealer.Seal(key, default, _record), 0);
    }

    [Fact]
    public void Card_OfAnotherDeviceOrWithAnyByteChanged_DoesNotOpen()
    {
        using DeviceKeys other = DeviceKeys.Generate();
        byte[] card = DeviceCard.Seal(_keyring, _device, "desk");
        Assert.True(DeviceCard.TryOpen(_keyring, _device.DeviceId, card, out DeviceCard? opened));
        Assert.Equal("desk", opened.Name);
        Assert.False(DeviceCard.TryOpen(_keyring, other.DeviceId, card, out _));
        for (int i = 0; i < card.Length; i++)
        {
            card[i] ^= 1;
            Assert.False(DeviceCard.TryOpen(_keyring, _device.DeviceId, card, out _), $"byte {i}");
            card[i] ^= 1;
        }
    }

    public void Dispose()
    {
        _device.Dispose();
        _keyring.Dispose();
        _record.Dispose();
    }

    private static void AssertFresh(Func<byte[]> seal, int nonceOffset)
    {
        var nonces = new HashSet<string>();
        var rests = new HashSet<string>();
        for (int i = 0; i < Rounds; i++)
        {
            byte[] made = seal();
            Assert.True(nonces.Add(Convert.ToHexString(made.AsSpan(nonceOffset, XChaCha20Poly1305.NonceBytes))));
            Assert.True(rests.Add(Convert.ToHexString(made.AsSpan(nonceOffset + XChaCha20Poly1305.NonceBytes))));
        }
    }
}
