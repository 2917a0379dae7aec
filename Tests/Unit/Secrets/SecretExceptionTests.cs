using System.Text;
using ZeroKSync.Client;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>What is thrown at a caller's mistake with a secret says what is wrong with it, and nothing of it.</summary>
public sealed class SecretExceptionTests
{
    private static readonly byte[] TooLong = [.. Enumerable.Repeat(Canary.Bytes, 4).SelectMany(bytes => bytes)];
    private static readonly byte[] Salt = new byte[PassphraseKey.SaltBytes];

    private static readonly Dictionary<string, Action<SecretBytes>> Mistakes = new(StringComparer.Ordinal)
    {
        ["a secret that is too long"] = _ => SecretBytes.CopyFrom([.. Enumerable.Repeat(Canary.Bytes, 3000).SelectMany(bytes => bytes)]),
        ["a secret that is gone"] = secret =>
        {
            SecretBytes gone = secret.Copy();
            gone.Dispose();
            gone.FixedTimeEquals(secret);
        },
        ["X25519, public key"] = secret => X25519.GetPublicKey(secret, new byte[32]),
        ["X25519, product"] = secret => X25519.TryAgree(secret, new byte[32], new byte[32]),
        ["X25519, key pair"] = secret => new X25519KeyPair(secret).Dispose(),
        ["Ed25519, public key"] = secret => Ed25519.GetPublicKey(secret, new byte[32]),
        ["Ed25519, signature"] = secret => Ed25519.Sign(secret, "x"u8, new byte[64]),
        ["ML-KEM, key"] = secret => MlKem768.Default.GetEncapsulationKey(secret, new byte[MlKem768.EncapsulationKeyBytes]),
        ["ML-KEM, decapsulation"] = secret => MlKem768.Default.Decapsulate(secret, new byte[MlKem768.CiphertextBytes], new byte[32]),
        ["ML-KEM, long key"] = secret => MlKem768.Default.TryDecapsulateExpanded(secret, new byte[MlKem768.CiphertextBytes], new byte[32]),
        ["HKDF, output"] = secret => Hkdf.Expand(secret.Span, default, new byte[Hkdf.OutputBytesMax + 1]),
        ["HKDF, key"] = secret => Hkdf.Extract(default, secret.Span, new byte[31]),
        ["BLAKE3, key"] = secret => Blake3.KeyedHash(secret.Span, default, new byte[32]),
        ["BLAKE3, hasher"] = secret => Blake3Hasher.CreateKeyed(secret.Span).Dispose(),
        ["group keys"] = secret => new GroupKeys(default, secret).Dispose(),
        ["device keys"] = secret => DeviceKeys.Load(secret.Span).Dispose(),
        ["content cipher, key"] = secret => XChaCha20Poly1305.Encrypt(secret.Span, new byte[24], default, default, new byte[16]),
        ["handshake, prologue"] = secret => HandshakePrologue.ForCertificate(secret.Span),
        ["passphrase, salt"] = _ => PassphraseKey.Derive(Canary.Text, new byte[3], PassphraseParameters.For(0)),
        ["passphrase, parameters"] = _ => PassphraseKey.Derive(Canary.Text, Salt, default),
        ["passphrase, half a character"] = _ => PassphraseKey.Derive(Canary.Text + (char)0xD83D, Salt, PassphraseParameters.For(0)),
        ["passphrase, beyond ASCII"] = _ => PassphraseText.EncodeNormal(Canary.Text + (char)0xDE00),
        ["passphrase, too long"] = _ => PassphraseText.Encode(string.Concat(Enumerable.Repeat(Canary.Text, 100))),
        ["relay address"] = _ => RelayAddress.Parse(Canary.Text),
    };

    public static TheoryData<string> Names => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mistake_WithASecret_IsToldWithoutIt(string name)
    {
        using SecretBytes secret = SecretBytes.CopyFrom(TooLong);

        Exception? thrown = Record.Exception(() => Mistakes[name](secret));

        Assert.NotNull(thrown);
        for (Exception? level = thrown; level is not null; level = level.InnerException)
        {
            Assert.False(Canary.IsIn(level.ToString()), name);
            Assert.All(level.Data.Values.Cast<object?>(), value => Assert.False(Canary.IsIn(value?.ToString())));
        }
    }

    [Fact]
    public async Task JoinAsync_WithWhatIsNoInvite_DoesNotRepeatIt()
    {
        using var folder = new ZeroKSync.TestKit.TempDirectory();
        await using SyncClient client = await SyncClient.OpenAsync(
            new SyncClientOptions { DataDirectory = folder.Sub("device"), DeviceName = "x", AutoConnect = false }, TestContext.Current.CancellationToken);
        string almost = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"v":3,"r":[],"l":"","k":"{{Canary.Text}}","x":1}"""));

        foreach (string link in (string[])[Canary.Text, almost])
        {
            SyncException thrown = await Assert.ThrowsAsync<SyncException>(() => client.JoinAsync(link, TestContext.Current.CancellationToken));
            Assert.False(Canary.IsIn(thrown.ToString()));
            Assert.DoesNotContain(link[..16], thrown.ToString(), StringComparison.Ordinal);
        }
    }
}
