using System.Reflection;
using ZeroKSync.Client;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>A secret reaches no text by being formatted, and sits in no type that formats itself.</summary>
public sealed class SecretsTests
{
    private const byte Planted = 0xa7;

    [Fact]
    public void ToString_OfWhatHoldsSecrets_ShowsNone()
    {
        byte[] planted = [.. Enumerable.Repeat(Planted, 64)];
        using SecretBytes secret = SecretBytes.CopyFrom(planted.AsSpan(0, 32));
        using var pair = new X25519KeyPair(SecretBytes.CopyFrom(planted.AsSpan(0, 32)));
        using DeviceKeys device = DeviceKeys.Load([.. planted, .. planted.AsSpan(0, 32)]);
        using var keys = new GroupKeys(default, secret);
        using GroupRecord record = GroupRecord.Create(default, default);
        using var keyring = new GroupKeyring(record);
        using var payload = new InvitePayload([new RelayAddress("planted.example", 1, default)], default, secret.Copy(), 0);
        using Blake3Hasher hasher = Blake3Hasher.CreateKeyed(planted.AsSpan(0, Blake3.KeyBytes));
        object[] holders = [secret, pair, hasher, device, keys, record, keyring, record.Secrets[0], payload, payload.Relays[0], new BlobSealer(keyring)];

        foreach (object holder in holders)
        {
            string text = holder.ToString() ?? string.Empty;
            Assert.DoesNotContain("a7a7", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("167", text, StringComparison.Ordinal);
            Assert.DoesNotContain("p6en", text, StringComparison.Ordinal);
            Assert.DoesNotContain("planted", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ToString_OfEveryId_ShowsNone()
    {
        byte[] planted = [.. Enumerable.Repeat(Planted, 32)];
        object[] ids =
        [
            GroupId.Read(planted), DeviceId.Read(planted), RelayId.Read(planted), AdmissionKey.Read(planted), SequenceLink.Read(planted), StatementHash.Read(planted),
            BlobId.Read(planted.AsSpan(0, 16)), LookupId.Read(planted.AsSpan(0, 16)), RelayEpoch.Read(planted.AsSpan(0, 16)),
        ];

        Assert.All(ids, id => Assert.DoesNotContain("a7", id.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Assemblies_OfTheServer_ReferenceNoClient()
    {
        Assembly[] server = [typeof(ZeroKSync.Gateway.Sessions.GatewayServices).Assembly, typeof(ZeroKSync.Grains.Groups.GroupGrain).Assembly, typeof(ZeroKSync.Storage.Sqlite.SqliteStore).Assembly];

        Assert.All(server, assembly => Assert.DoesNotContain("ZeroKSync.Client", assembly.GetReferencedAssemblies().Select(name => name.Name)));
    }
}
