using System.Text.Json;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Session.Hello;

/// <summary>A group of four epochs with fixed secrets, as Tests/Vectors/Generators/noise/hello.mjs has it, and the answers of that script.</summary>
internal sealed class ChainFixture : IDisposable
{
    internal static readonly DeviceId Device = DeviceId.Read([.. Enumerable.Repeat((byte)0x02, 32)]);
    internal static readonly RelayId Home = RelayId.Read([.. Enumerable.Repeat((byte)0x01, 32)]);
    internal static readonly BlobId Blob = BlobId.Read([.. Enumerable.Repeat((byte)0x55, 16)]);

    private readonly SecretBytes[] _seeds;

    internal ChainFixture()
    {
        Answers = KnownAnswers.Open("hello.json");
        _seeds = [.. Answers.GetProperty("admissionSeeds").EnumerateArray().Select(seed => SecretOf(KnownAnswers.Bytes(seed)))];
        Keys = [.. _seeds.Select(KeyOf)];
        Group = GroupIdentity.FromOriginKey(Keys[0]);
        Chain = [.. Answers.GetProperty("chain").EnumerateArray().Select(SignedOf)];
    }

    internal JsonElement Answers { get; }

    /// <summary>Admission keys of the epochs 0 to 3.</summary>
    internal AdmissionKey[] Keys { get; }

    internal GroupId Group { get; }

    /// <summary>Three statements: they revoke none, one and two devices.</summary>
    internal SignedStatement[] Chain { get; }

    internal byte[] Answer(string name) => KnownAnswers.Bytes(Answers, name);

    /// <summary>The admission secret of an epoch.</summary>
    internal SecretBytes Seed(int epoch) => _seeds[epoch];

    /// <summary>A statement of this group that is right for its place unless the caller changes it.</summary>
    internal RotationStatement Statement(int epoch, params RevokedDevice[] revoked) => new(
        new KeyEpoch((uint)epoch),
        Keys[epoch],
        epoch == 1 ? default : RotationStatement.Hash(Chain[epoch - 2].Statement.Span),
        Home,
        Device,
        new Bytes32(),
        revoked);

    internal bool IsValid(IReadOnlyList<SignedStatement> chain) => RotationChain.TryVerify(Group, Keys[0], chain, out _);

    internal RotationChain Verified(int length)
    {
        Assert.True(RotationChain.TryVerify(Group, Keys[0], Chain[..length], out RotationChain? chain));
        return chain;
    }

    internal static byte[] Flip(ReadOnlySpan<byte> bytes, int bit)
    {
        byte[] changed = [.. bytes];
        changed[bit / 8] ^= (byte)(1 << (bit % 8));
        return changed;
    }

    internal static SecretBytes SecretOf(ReadOnlySpan<byte> bytes)
    {
        SecretBytes secret = SecretBytes.Create(bytes.Length);
        bytes.CopyTo(secret.Writable);
        return secret;
    }

    public void Dispose() => Array.ForEach(_seeds, seed => seed.Dispose());

    private static AdmissionKey KeyOf(SecretBytes seed)
    {
        byte[] key = new byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(seed, key);
        return AdmissionKey.Read(key);
    }

    private static SignedStatement SignedOf(JsonElement signed) =>
        new(KnownAnswers.Bytes(signed, "statement"), KnownAnswers.Bytes(signed, "signature"));
}
