using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.TestKit.Protocol;

/// <summary>A group's admission keys and its chain, to say HELLO, rotate and delete by hand.</summary>
public sealed class RawGroup : IDisposable
{
    // One an epoch.
    private readonly List<SecretBytes> _seeds = [SecretBytes.CreateRandom(Ed25519.SeedBytes)];
    private readonly List<SignedStatement> _chain = [];

    public RawGroup()
    {
        OriginKey = PublicKey(_seeds[0]);
        Id = GroupIdentity.FromOriginKey(OriginKey);
    }

    public KeyEpoch Epoch => new((uint)_chain.Count);

    public GroupId Id { get; }

    public AdmissionKey OriginKey { get; }

    /// <summary>A HELLO that proves membership in this session.</summary>
    /// <param name="epoch">The one it is proved with, and the chain up to it; the last by default.</param>
    public Hello Hello(RawSession session, bool create = false, KeyEpoch? epoch = null) => new(
        Limits.Version,
        Id,
        epoch ?? Epoch,
        OriginKey,
        [.. _chain.Take((int)(epoch ?? Epoch).Value)],
        HelloProof.Sign(_seeds[(int)(epoch ?? Epoch).Value], session.HandshakeHash, Id, session.Device, epoch ?? Epoch),
        null,
        new byte[] { 1, 2, 3 },
        default(ReadOnlyMemory<byte>?),
        create ? HelloFlags.Create : HelloFlags.None);

    /// <summary>The group's next rotation, which the group knows from then on whatever a relay says.</summary>
    public RotateKey Rotate(DeviceId rotator, RelayId home, IReadOnlyList<DeviceId> members, params IEnumerable<DeviceId> revoked)
    {
        SecretBytes next = SecretBytes.CreateRandom(Ed25519.SeedBytes);
        var statement = new RotationStatement(
            Epoch.Next,
            PublicKey(next),
            _chain.Count == 0 ? default : RotationStatement.Hash(_chain[^1].Statement.Span),
            home,
            rotator,
            RotationStatement.HashMembers(members),
            [.. revoked.OrderBy(device => device.Value).Select(device => new RevokedDevice(device, RevokeReason.Lost))]);
        SignedStatement signed = statement.Sign(_seeds[^1], Id);
        _seeds.Add(next);
        _chain.Add(signed);
        return new RotateKey(signed.Statement, signed.Signature, [.. members.Select(member => new DeviceWrap(member, member.ToArray()))]);
    }

    /// <summary>A DELETE of a sender's blob, proved under the last epoch.</summary>
    public Delete Delete(DeviceId sender, PushAck pushed, ulong sequence, bool force) => new(
        pushed.BlobId, pushed.Cursor, new Sequence(sequence), Epoch, DeleteProof.Sign(_seeds[^1], Id, Epoch, sender, new Sequence(sequence), pushed.BlobId), force);

    public void Dispose()
    {
        foreach (SecretBytes seed in _seeds)
            seed.Dispose();
    }

    private static AdmissionKey PublicKey(SecretBytes seed)
    {
        Span<byte> key = stackalloc byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(seed, key);
        return AdmissionKey.Read(key);
    }
}
