using System.Security.Cryptography;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Client.Sync;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

/// <summary>Another member of a device's group: seals blobs as the relay would hand them over, and changes the group's key.</summary>
internal sealed class Member : IDisposable
{
    private readonly DeviceFixture _device;
    private readonly GroupKeyring _keyring;
    private readonly BlobSealer _sealer;

    internal Member(DeviceFixture device, DeviceId id)
    {
        _device = device;
        Id = id;
        Record = device.Context.Record.Copy();
        _keyring = new GroupKeyring(Record);
        _sealer = new BlobSealer(_keyring);
    }

    internal DeviceId Id { get; }

    /// <summary>As this member knows it.</summary>
    internal GroupRecord Record { get; private set; }

    internal Sequence LastSeq { get; set; }

    internal SequenceLink LastLink { get; set; }

    /// <summary>The next blob of this member, as the relay's next row.</summary>
    /// <param name="epoch">Another one than the member's current.</param>
    internal PullEntry Next(BlobType type = BlobType.AppData, byte[]? payload = null, uint? epoch = null)
    {
        var ids = new BlobIds(Id, LastSeq.Next, BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)));
        var header = new EnvelopeHeader(epoch is { } named ? new KeyEpoch(named) : _keyring.Current.Epoch, ids.SenderSeq, LastLink);
        byte[] envelope = _sealer.Seal(ids, header, type, payload ?? [1, 2, 3], RandomNumberGenerator.GetBytes(EnvelopeHeader.NonceBytes));
        (LastSeq, LastLink) = (ids.SenderSeq, SequenceLinks.Next(Record.GroupId, ids, LastLink));
        return new PullEntry(
            _device.NextCursor(), PullEntryState.Blob, Id, ids.BlobId, header.KeyEpoch, ids.SenderSeq, ids.SenderSeq, 0, envelope, default(ReadOnlyMemory<byte>?));
    }

    /// <summary>The same, altered on its way.</summary>
    internal PullEntry NextAltered()
    {
        PullEntry entry = Next();
        byte[] envelope = entry.Envelope!.Value.ToArray();
        envelope[^1] ^= 1;
        return entry with { Envelope = envelope };
    }

    /// <summary>What a blob holds.</summary>
    internal byte[] Open(BlobIds ids, byte[] envelope)
    {
        Assert.True(_sealer.TryOpen(ids, envelope, out OpenedBlob opened));
        return opened.Payload.ToArray();
    }

    /// <summary>Moves the group to its next epoch, with a wrap for the device, and goes along.</summary>
    internal Rotation Rotate(params RevokedDevice[] revoked)
    {
        SecretBytes secret = SecretBytes.CreateRandom(GroupKeys.SecretBytesLength);
        Rotation rotation = Propose(secret, revoked);
        Follow(rotation, secret);
        return rotation;
    }

    /// <summary>The same, without going along.</summary>
    internal Rotation Propose(SecretBytes secret, params RevokedDevice[] revoked)
    {
        var epoch = new KeyEpoch(Record.Rotations.Epoch.Value + 1);
        using var keys = new GroupKeys(epoch, secret);
        DeviceId[] members = [.. ((DeviceId[])[Id, _device.Context.DeviceId]).OrderBy(id => id.Value)];
        var statement = new RotationStatement(
            epoch, keys.AdmissionKey, Record.Rotations.LastStatement, DeviceFixture.Relay, Id, RotationStatement.HashMembers(members), [.. revoked.OrderBy(device => device.DeviceId.Value)]);
        SignedStatement signed = statement.Sign(_keyring.Current.AdmissionSeed, Record.GroupId);
        return new Rotation(signed.Statement, signed.Signature, members, Wrap(secret, epoch));
    }

    internal byte[] Wrap(SecretBytes secret, KeyEpoch epoch)
    {
        byte[] key = new byte[MlKem768.EncapsulationKeyBytes];
        MlKem768.Default.GetEncapsulationKey(_device.Context.Device.KemSeed, key);
        Assert.True(SecretWrap.TrySeal(Record.GroupId, _device.Context.DeviceId, key, epoch, secret, out byte[]? wrap));
        return wrap;
    }

    /// <summary>Goes along with a rotation; the secret is this member's from now on.</summary>
    internal void Follow(in Rotation rotation, SecretBytes secret)
    {
        Assert.True(Record.Rotations.TryExtend(new SignedStatement(rotation.Statement, rotation.Signature), out RotationChain? longer));
        Record = Record.Extend(longer, secret);
        _keyring.Adopt(new GroupKeys(longer.Epoch, secret));
    }

    public void Dispose()
    {
        _keyring.Dispose();
        Record.Dispose();
    }
}
