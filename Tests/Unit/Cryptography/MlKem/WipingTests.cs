using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.MlKem;

namespace ZeroKSync.Tests.Unit.Cryptography.MlKem;

/// <summary>The managed ML-KEM-768 leaves nothing of a secret on the stack: keys, message, randomness, and the polynomials made of them.</summary>
public sealed class WipingTests
{
    private const int HashOffset = PublicKeyEncryption.SecretKeyBytes + MlKem768.EncapsulationKeyBytes;

    private readonly byte[] _seed = Filled(1, MlKem768.SeedBytes);
    private readonly byte[] _message = Filled(2, PublicKeyEncryption.MessageBytes);
    private readonly byte[] _key = new byte[MlKem768.DecapsulationKeyBytes];
    private readonly byte[] _ciphertext = new byte[MlKem768.CiphertextBytes];
    private readonly byte[] _sharedSecret = new byte[MlKem768.SharedSecretBytes];
    private readonly Dictionary<string, byte[]> _secrets = [];

    public WipingTests()
    {
        ManagedMlKem768.Expand(_seed, _key);
        Assert.True(ManagedMlKem768.TryEncapsulate(_message, EncapsulationKey, _ciphertext, _sharedSecret));
        byte[] randomness = new byte[PublicKeyEncryption.SeedBytes];
        byte[] agreed = new byte[MlKem768.SharedSecretBytes];
        MlKemHash.G(_message, _key.AsSpan(HashOffset, 32), agreed, randomness);
        byte[] noiseSeed = new byte[PublicKeyEncryption.SeedBytes];
        MlKemHash.G(_seed.AsSpan(0, 32), [PublicKeyEncryption.Rank], new byte[32], noiseSeed);
        byte[] rejected = new byte[MlKem768.SharedSecretBytes];
        MlKemHash.J(_seed.AsSpan(32), Altered(), rejected);
        _secrets["seed"] = _seed;
        _secrets["seed of the noise"] = noiseSeed;
        _secrets["message"] = _message;
        _secrets["randomness"] = randomness;
        _secrets["shared secret"] = agreed;
        _secrets["secret of a rejection"] = rejected;
        _secrets["secret key"] = _key[..PublicKeyEncryption.SecretKeyBytes];
        for (int i = 0; i < PublicKeyEncryption.Rank; i++)
        {
            _secrets[$"secret polynomial {i}"] = Coefficients(f => Polynomial.Decode(_key.AsSpan(i * Polynomial.EncodedBytes, Polynomial.EncodedBytes), 12, f));
            _secrets[$"ephemeral polynomial {i}"] = Coefficients(f =>
            {
                Sampling.Noise(randomness, (byte)i, f);
                NumberTheoreticTransform.Forward(f);
            });
            _secrets[$"error polynomial {i}"] = Coefficients(f => Sampling.Noise(randomness, (byte)(PublicKeyEncryption.Rank + i), f));
        }

        byte[] noise = new byte[128];
        MlKemHash.Prf(randomness, 0, noise);
        _secrets["noise"] = noise;
        _secrets["message polynomial"] = Coefficients(f => Polynomial.DecodeCompressed(_message, 1, f));
    }

    private ReadOnlySpan<byte> EncapsulationKey => _key.AsSpan(PublicKeyEncryption.SecretKeyBytes, MlKem768.EncapsulationKeyBytes);

    [Fact]
    public void Expand_AfterItsReturn_LeavesNothing() =>
        Assert.Empty(StackScan.Leftovers(() => ManagedMlKem768.Expand(_seed, _key), _secrets));

    [Fact]
    public void TryEncapsulate_AfterItsReturn_LeavesNothing() =>
        Assert.Empty(StackScan.Leftovers(() => ManagedMlKem768.TryEncapsulate(_message, EncapsulationKey, _ciphertext, _sharedSecret), _secrets));

    [Fact]
    public void Decapsulate_AfterItsReturn_LeavesNothing() =>
        Assert.Empty(StackScan.Leftovers(() => ManagedMlKem768.Decapsulate(_key, _ciphertext, _sharedSecret), _secrets));

    [Fact]
    public void Decapsulate_OfAnAlteredCiphertext_LeavesNothing() =>
        Assert.Empty(StackScan.Leftovers(() => ManagedMlKem768.Decapsulate(_key, Altered(), _sharedSecret), _secrets));

    // The parts alone: in the whole, a later call writes over what an earlier one would have left.
    [Fact]
    public void GenerateKey_AfterItsReturn_LeavesNothing() => Assert.Empty(StackScan.Leftovers(
        () => PublicKeyEncryption.GenerateKey(_seed.AsSpan(0, 32), new byte[PublicKeyEncryption.PublicKeyBytes], new byte[PublicKeyEncryption.SecretKeyBytes]), _secrets));

    [Fact]
    public void Encrypt_AfterItsReturn_LeavesNothing() =>
        Assert.Empty(StackScan.Leftovers(() => PublicKeyEncryption.Encrypt(EncapsulationKey, _message, _secrets["randomness"], _ciphertext), _secrets));

    [Fact]
    public void Decrypt_AfterItsReturn_LeavesNothing() =>
        Assert.Empty(StackScan.Leftovers(() => PublicKeyEncryption.Decrypt(_key.AsSpan(0, PublicKeyEncryption.SecretKeyBytes), _ciphertext, new byte[32]), _secrets));

    [Fact]
    public void Noise_AfterItsReturn_LeavesNothing() =>
        Assert.Empty(StackScan.Leftovers(() => Sampling.Noise(_secrets["randomness"], 0, new uint[Polynomial.Coefficients]), _secrets));

    [Fact]
    public void Hash_AfterItsReturn_LeavesNothing() =>
        Assert.Empty(StackScan.Leftovers(() => MlKemHash.G(_message, _key.AsSpan(HashOffset, 32), new byte[32], new byte[32]), _secrets));

    // What the tests above would find.
    [Fact]
    public void Leftovers_OfWorkThatDoesNotWipe_AreFound() =>
        Assert.Equal(["message"], StackScan.Leftovers(() => Forget(_message), _secrets));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(ReadOnlySpan<byte> secret)
    {
        Span<byte> copy = stackalloc byte[1024];
        secret.CopyTo(copy[512..]);
    }

    private byte[] Altered()
    {
        byte[] altered = [.. _ciphertext];
        altered[0] ^= 1;
        return altered;
    }

    private static byte[] Coefficients(Action<uint[]> write)
    {
        uint[] f = new uint[Polynomial.Coefficients];
        write(f);
        return MemoryMarshal.AsBytes(f.AsSpan()).ToArray();
    }

    private static byte[] Filled(int start, int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(((i * 37) + (start * 101)) & 0xff))];
}
