using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.Interop;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class SecretBytesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5000)]
    public void CopyFrom_AnyLength_HoldsTheBytes(int length)
    {
        byte[] source = RandomNumberGenerator.GetBytes(length);
        using SecretBytes secret = SecretBytes.CopyFrom(source);
        Assert.Equal(length, secret.Length);
        Assert.True(secret.Span.SequenceEqual(source));
    }

    [Fact]
    public void Create_AfterAnotherSecretWasDisposed_IsZero()
    {
        for (int i = 0; i < 600; i++)
        {
            using SecretBytes random = SecretBytes.CreateRandom(64);
            random.Dispose();
            using SecretBytes zeros = SecretBytes.Create(64);
            Assert.Equal(-1, zeros.Span.IndexOfAnyExcept((byte)0));
        }
    }

    [Fact]
    public void Create_ManySecretsAtOnce_HaveTheirOwnPlaces()
    {
        SecretBytes[] secrets = [.. Enumerable.Range(0, 700).Select(_ => SecretBytes.CreateRandom(32))];
        byte[][] copies = [.. secrets.Select(secret => secret.Span.ToArray())];
        for (int i = 0; i < secrets.Length; i += 2)
            secrets[i].Dispose();

        for (int i = 1; i < secrets.Length; i += 2)
            Assert.True(secrets[i].FixedTimeEquals(copies[i]));

        Array.ForEach(secrets, secret => secret.Dispose());
    }

    [Fact]
    public void Span_AfterDispose_Throws()
    {
        SecretBytes secret = SecretBytes.CreateRandom(32);
        secret.Dispose();
        secret.Dispose();
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
    }

    [Fact]
    public void FixedTimeEquals_DependsOnEveryByteAndTheLength()
    {
        using SecretBytes secret = SecretBytes.CreateRandom(32);
        using SecretBytes copy = secret.Copy();
        Assert.True(secret.FixedTimeEquals(copy));
        Assert.False(secret.FixedTimeEquals(copy.Span[..31]));
        for (int i = 0; i < 32; i++)
        {
            copy.Writable[i] ^= 1;
            Assert.False(secret.FixedTimeEquals(copy));
            copy.Writable[i] ^= 1;
        }
    }

    // The places of slots stay mapped, so they can be looked at after they were given back. Larger places are unmapped, zeroed by libsodium.
    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(LockedMemory.SlotBytes)]
    public unsafe void Dispose_OfASecretInASlab_ZeroesItsPlace(int length)
    {
        var memory = new LockedMemory(static (_, _) => true);
        var secret = new SecretBytes(length, memory);
        secret.Writable.Fill(0xa7);
        byte* place = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(secret.Writable));
        Assert.Equal(0xa7, place[length - 1]);

        secret.Dispose();

        Assert.False(new ReadOnlySpan<byte>(place, length).ContainsAnyExcept((byte)0));
        Assert.Equal(0, memory.InUse);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(5000)]
    public void IsLocked_WhereTheSystemRefuses_IsFalseAndCounted(int length)
    {
        var memory = new LockedMemory(static (_, _) => false);
        var first = new SecretBytes(length, memory);
        using (var second = new SecretBytes(length, memory))
        {
            Assert.False(first.IsLocked);
            Assert.False(second.IsLocked);
            Assert.Equal((2, 2), (memory.InUse, memory.UnlockedInUse));
        }

        Assert.Equal((1, 1), (memory.InUse, memory.UnlockedInUse));
        first.Dispose();
        first.Dispose();
        Assert.Equal((0, 0), (memory.InUse, memory.UnlockedInUse));
    }

    [Fact]
    public void IsLocked_WhereTheSystemRefusesFromASizeOn_IsWhatTheSystemSaid()
    {
        var memory = new LockedMemory(static (_, length) => length < 20_000);
        using var small = new SecretBytes(32, memory);
        using var large = new SecretBytes(30_000, memory);
        Assert.True(small.IsLocked);
        Assert.False(large.IsLocked);
        Assert.Equal((2, 1), (memory.InUse, memory.UnlockedInUse));
    }

    [Fact]
    public void Create_OnThisSystem_SaysWhatItIs()
    {
        using SecretBytes secret = SecretBytes.Create(32);
        Assert.True(SecretMemory.Secrets > 0);
        Assert.Equal(SecretMemory.IsLockable(), secret.IsLocked);
        Assert.True(secret.IsLocked || SecretMemory.UnlockedSecrets > 0);
    }

    [Fact]
    public void ToString_SaysNothing()
    {
        using SecretBytes secret = SecretBytes.CopyFrom("planted"u8);
        Assert.Equal("[secret]", secret.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(SecretBytes.LengthMax + 1)]
    public void Create_LengthOutOfBounds_Throws(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SecretBytes.Create(length));
}
