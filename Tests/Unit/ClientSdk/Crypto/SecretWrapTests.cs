using System.Text.Json;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Crypto;

/// <summary>Wraps and kept secrets, beside those of another implementation (Tests/Vectors/Generators/noise/wrap.mjs).</summary>
public sealed class SecretWrapTests : IDisposable
{
    private readonly JsonElement _answers = KnownAnswers.Open("wrap.json");
    private readonly DeviceKeys _device;
    private readonly GroupId _group;
    private readonly KeyEpoch _epoch;
    private readonly SecretBytes _secret;

    public SecretWrapTests()
    {
        _device = DeviceKeys.Load([.. Answer("agreement"), .. Answer("kemSeed")]);
        _group = GroupId.Read(Answer("group"));
        _epoch = new KeyEpoch(_answers.GetProperty("epoch").GetUInt32());
        _secret = SecretBytes.CopyFrom(Answer("secret"));
    }

    [Fact]
    public void TryOpen_WrapOfTheOtherImplementation_IsItsSecret()
    {
        Assert.Equal(Answer("device"), _device.DeviceId.ToArray());
        Assert.True(SecretWrap.TryOpen(_group, _device, _epoch, Answer("wrap"), out SecretBytes? secret));
        using (secret)
            Assert.True(secret.FixedTimeEquals(_secret));
    }

    [Fact]
    public void TryOpen_OwnWrap_IsTheSecretAndEachIsFresh()
    {
        byte[] first = Seal();
        byte[] second = Seal();

        Assert.True(SecretWrap.TryOpen(_group, _device, _epoch, first, out SecretBytes? secret));
        using (secret)
            Assert.True(secret.FixedTimeEquals(_secret));
        Assert.Equal(SecretWrap.Size, first.Length);
        Assert.NotEqual(first[..32], second[..32]);
        Assert.NotEqual(first[^48..], second[^48..]);
    }

    [Fact]
    public void TryOpen_AnyByteChanged_IsRefused()
    {
        byte[] wrap = Answer("wrap");
        for (int i = 0; i < wrap.Length; i++)
        {
            wrap[i] ^= 1;
            Assert.False(SecretWrap.TryOpen(_group, _device, _epoch, wrap, out _), $"byte {i}");
            wrap[i] ^= 1;
        }

        Assert.False(SecretWrap.TryOpen(_group, _device, _epoch, wrap.AsSpan(1), out _));
        Assert.False(SecretWrap.TryOpen(_group, _device, _epoch, [.. wrap, 0], out _));
    }

    [Fact]
    public void TryOpen_OtherGroupEpochOrHalfOfTheKeys_IsRefused()
    {
        byte[] wrap = Answer("wrap");
        using DeviceKeys other = DeviceKeys.Generate();
        byte[] stored = new byte[DeviceKeys.StoredBytes];
        other.Save(stored);
        using DeviceKeys otherKem = DeviceKeys.Load([.. Answer("agreement"), .. stored.AsSpan(X25519.KeyBytes)]);
        using DeviceKeys otherAgreement = DeviceKeys.Load([.. stored.AsSpan(0, X25519.KeyBytes), .. Answer("kemSeed")]);

        Assert.False(SecretWrap.TryOpen(default, _device, _epoch, wrap, out _));
        Assert.False(SecretWrap.TryOpen(_group, _device, new KeyEpoch(_epoch.Value + 1), wrap, out _));
        Assert.False(SecretWrap.TryOpen(_group, otherKem, _epoch, wrap, out _));
        Assert.False(SecretWrap.TryOpen(_group, otherAgreement, _epoch, wrap, out _));
    }

    [Fact]
    public void TrySeal_KeysThatAreNone_AreRefused()
    {
        // An id of low order, and a key whose coefficients are not below the modulus.
        Assert.False(SecretWrap.TrySeal(_group, default, Answer("encapsulationKey"), _epoch, _secret, out _));
        Assert.False(SecretWrap.TrySeal(_group, _device.DeviceId, [.. Enumerable.Repeat((byte)0xff, MlKem768.EncapsulationKeyBytes)], _epoch, _secret, out _));
    }

    [Fact]
    public void Kept_OfTheOtherImplementation_OpensForItsEpochAlone()
    {
        using var newer = new GroupKeys(_epoch, _secret);
        var older = new KeyEpoch(_epoch.Value - 1);
        byte[] kept = Answer("kept");

        Assert.True(KeptSecret.TryOpen(_group, newer, older, kept, out SecretBytes? secret));
        using (secret)
            Assert.Equal(Answer("older"), secret.Span.ToArray());
        Assert.False(KeptSecret.TryOpen(_group, newer, _epoch, kept, out _));
        Assert.False(KeptSecret.TryOpen(default, newer, older, kept, out _));
        kept[^1] ^= 1;
        Assert.False(KeptSecret.TryOpen(_group, newer, older, kept, out _));
        Assert.False(KeptSecret.TryOpen(_group, newer, older, kept.AsSpan(1), out _));
    }

    [Fact]
    public void Kept_Own_OpensAndIsFresh()
    {
        using var newer = new GroupKeys(_epoch, _secret);
        byte[] kept = KeptSecret.Seal(_group, newer, default, _secret);

        Assert.True(KeptSecret.TryOpen(_group, newer, default, kept, out SecretBytes? secret));
        secret.Dispose();
        Assert.NotEqual(kept[..24], KeptSecret.Seal(_group, newer, default, _secret)[..24]);
    }

    public void Dispose()
    {
        _secret.Dispose();
        _device.Dispose();
    }

    private byte[] Seal()
    {
        Assert.True(SecretWrap.TrySeal(_group, _device.DeviceId, Answer("encapsulationKey"), _epoch, _secret, out byte[]? wrap));
        return wrap;
    }

    private byte[] Answer(string name) => KnownAnswers.Bytes(_answers, name);
}
