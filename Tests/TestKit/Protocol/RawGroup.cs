using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.TestKit.Protocol;

/// <summary>A group's admission key, to say HELLO by hand.</summary>
public sealed class RawGroup : IDisposable
{
    private readonly SecretBytes _seed = SecretBytes.CreateRandom(Ed25519.SeedBytes);

    public RawGroup()
    {
        Span<byte> key = stackalloc byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(_seed, key);
        OriginKey = AdmissionKey.Read(key);
        Id = GroupIdentity.FromOriginKey(OriginKey);
    }

    public GroupId Id { get; }

    public AdmissionKey OriginKey { get; }

    /// <summary>A HELLO that proves membership in this session.</summary>
    public Hello Hello(RawSession session, bool create = false) => new(
        Limits.Version,
        Id,
        default,
        OriginKey,
        [],
        HelloProof.Sign(_seed, session.HandshakeHash, Id, session.Device, default),
        null,
        new byte[] { 1, 2, 3 },
        default(ReadOnlyMemory<byte>?),
        create ? HelloFlags.Create : HelloFlags.None);

    public void Dispose() => _seed.Dispose();
}
