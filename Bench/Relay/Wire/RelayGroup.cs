using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Bench.Relay;

/// <summary>What makes a group: its admission key of epoch 0.</summary>
internal sealed class RelayGroup : IDisposable
{
    public RelayGroup()
    {
        Span<byte> key = stackalloc byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(Admission, key);
        OriginKey = AdmissionKey.Read(key);
        Id = GroupIdentity.FromOriginKey(OriginKey);
    }

    public SecretBytes Admission { get; } = SecretBytes.CreateRandom(Ed25519.SeedBytes);

    public AdmissionKey OriginKey { get; }

    public GroupId Id { get; }

    public void Dispose() => Admission.Dispose();
}
