using System.Reflection;
using System.Runtime.InteropServices;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.Blake;
using ZeroKSync.Tests.Unit.Cryptography.Blake;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class Blake3HasherTests
{
    private static readonly byte[] Key = Inputs.Random(1, Blake3.KeyBytes);
    private static readonly byte[] Context = "a context"u8.ToArray();

    public static TheoryData<string> Modes => ["hash", "keyed", "derive"];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Append_AnyPieces_EqualsTheWholeHash(string mode)
    {
        foreach (int length in Inputs.BorderLengths.Where(length => length % Inputs.Chunk <= 1).Append(300_001).Append(1 << 20))
        {
            byte[] input = Inputs.Counting(length);
            byte[] expected = OneShot(mode, input);
            foreach (int piece in (int[])[1, 63, 1024, 16_383, 16_384, 16_385, 65_536, 131_072, 131_073, 2_000_000])
            {
                if (length / piece > 20_000)
                    continue;

                using Blake3Hasher hasher = Create(mode);
                foreach (byte[] part in input.Chunk(piece))
                    hasher.Append(part);

                Assert.True(expected.AsSpan().SequenceEqual(HashOf(hasher)), $"length {length}, pieces of {piece}");
                Assert.Equal((ulong)length, hasher.Length);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Append_RandomPieces_EqualsTheWholeHash(string mode)
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            byte[] input = Inputs.Random(seed, random.Next(1_000_000));
            using Blake3Hasher hasher = Create(mode);
            for (int at = 0; at < input.Length;)
            {
                int piece = Math.Min(random.Next(1 << random.Next(20)), input.Length - at);
                hasher.Append(input.AsSpan(at, piece));
                at += piece;
            }

            Assert.True(OneShot(mode, input).AsSpan().SequenceEqual(HashOf(hasher)), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Append_EveryWidth_GivesTheSame(int lanes)
    {
        Blake3Width width = Blake3WidthTests.Supported(lanes);
        byte[] input = Inputs.Random(3, 777_777);
        Blake3Hasher[] hashers = [new Blake3Hasher(width), Blake3Hasher.CreateKeyed(Key, width), Blake3Hasher.CreateDeriveKey(Context, width)];
        foreach ((Blake3Hasher hasher, string mode) in hashers.Zip(Modes.Select(row => row.Data)))
        {
            foreach (byte[] piece in input.Chunk(100_000))
                hasher.Append(piece);

            Assert.Equal(OneShot(mode, input), HashOf(hasher));
            hasher.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void GetHash_InBetween_ChangesNothing(string mode)
    {
        byte[] input = Inputs.Counting(100_000);
        using Blake3Hasher hasher = Create(mode);
        for (int at = 0; at < input.Length; at += 5_000)
        {
            Assert.Equal(OneShot(mode, input[..at]), HashOf(hasher));
            Assert.Equal(OneShot(mode, input[..at]), HashOf(hasher));
            hasher.Append(input.AsSpan(at, 5_000));
        }

        Assert.Equal(OneShot(mode, input), HashOf(hasher));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Reset_AfterInput_StartsAnewWithTheSameKey(string mode)
    {
        using Blake3Hasher hasher = Create(mode);
        hasher.Append(Inputs.Counting(100_000));
        hasher.Reset();
        Assert.Equal(0UL, hasher.Length);
        Assert.Equal(OneShot(mode, []), HashOf(hasher));
        hasher.Append(Inputs.Counting(50_000));
        Assert.Equal(OneShot(mode, Inputs.Counting(50_000)), HashOf(hasher));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Dispose_Twice_EndsEveryUse(string mode)
    {
        Blake3Hasher hasher = Create(mode);
        hasher.Dispose();
        hasher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => hasher.Append([1]));
        Assert.Throws<ObjectDisposedException>(() => hasher.GetHash(new byte[32]));
        Assert.Throws<ObjectDisposedException>(hasher.Reset);
    }

    [Theory]
    [InlineData("keyed", true)]
    [InlineData("keyed", false)]
    [InlineData("derive", true)]
    [InlineData("derive", false)]
    public void DisposeAndReset_KeyedState_IsZeroed(string mode, bool isReset)
    {
        Blake3Hasher hasher = Create(mode);
        hasher.Append(Inputs.Counting(100_000));
        byte[][] Kept() => [Field<byte[]>(hasher, "_group"), MemoryMarshal.AsBytes(Field<uint[]>(hasher, "_levels").AsSpan()).ToArray()];
        Assert.All(Kept(), bytes => Assert.Contains(bytes, one => one != 0));

        if (isReset)
            hasher.Reset();
        else
            hasher.Dispose();

        Assert.All(Kept(), bytes => Assert.DoesNotContain(bytes, one => one != 0));
        hasher.Dispose();
        var key = (SecretBytes)typeof(Blake3Hasher).GetField("_key", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(hasher)!;
        Assert.Throws<ObjectDisposedException>(() => key.Span.Length);
    }

    [Fact]
    public void CreateKeyed_SourceZeroedAfterwards_KeepsItsCopy()
    {
        byte[] source = [.. Key];
        using Blake3Hasher hasher = Blake3Hasher.CreateKeyed(source);
        Array.Clear(source);
        Assert.Equal(OneShot("keyed", []), HashOf(hasher));
    }

    [Fact]
    public void Lengths_Wrong_Throw()
    {
        using var hasher = new Blake3Hasher();
        Assert.Throws<ArgumentException>("hash", () => hasher.GetHash(new byte[31]));
        Assert.Throws<ArgumentException>("key", () => Blake3Hasher.CreateKeyed(new byte[31]));
        Assert.Throws<ArgumentException>("key", () => Blake3Hasher.CreateKeyed(new byte[33]));
    }

    private static T Field<T>(Blake3Hasher hasher, string name)
    {
        object accumulator = typeof(Blake3Hasher).GetField("_accumulator", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(hasher)!;
        return (T)accumulator.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(accumulator)!;
    }

    private static Blake3Hasher Create(string mode) => mode switch
    {
        "keyed" => Blake3Hasher.CreateKeyed(Key),
        "derive" => Blake3Hasher.CreateDeriveKey(Context),
        _ => new Blake3Hasher(),
    };

    private static byte[] OneShot(string mode, byte[] input)
    {
        byte[] hash = new byte[Blake3.HashBytes];
        switch (mode)
        {
            case "keyed":
                Blake3.KeyedHash(Key, input, hash);
                break;
            case "derive":
                Blake3.DeriveKey(Context, input, hash);
                break;
            default:
                Blake3.Hash(input, hash);
                break;
        }

        return hash;
    }

    private static byte[] HashOf(Blake3Hasher hasher)
    {
        byte[] hash = new byte[Blake3.HashBytes];
        hasher.GetHash(hash);
        return hash;
    }
}
