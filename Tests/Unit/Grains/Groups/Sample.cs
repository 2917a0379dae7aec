using System.Security.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Grains.Groups;

/// <summary>Groups, devices and blobs for the rules' tests.</summary>
internal static class Sample
{
    public const ulong Now = 1_800_000_000_000;

    public static readonly GroupId Group = GroupId.Read([.. Enumerable.Repeat((byte)7, 32)]);
    public static readonly RelayEpoch Epoch = RelayEpoch.Read([.. Enumerable.Repeat((byte)9, 16)]);

    public static DeviceId Device(byte number) => DeviceId.Read([.. Enumerable.Repeat(number, 32)]);

    public static StoredDevice Stored(byte number, ulong acked = 0, RevocationReason? revoked = null) => new()
    {
        Device = Device(number),
        Card = new byte[] { number },
        Acked = new Cursor(acked),
        FirstSeenMs = Now,
        LastSeenMs = Now,
        Revoked = revoked,
    };

    public static GroupState State(params StoredDevice[] devices) => State(default(AdmissionKey), devices);

    public static GroupState State(AdmissionKey originKey, params StoredDevice[] devices) => new(new StoredGroup
    {
        Group = Group,
        Version = 5,
        RelayEpoch = Epoch,
        OriginKey = originKey,
        Chain = [],
        Oldest = new Cursor(1),
        Head = default,
        BytesUsed = 0,
        Devices = [.. devices],
    });

    public static AppendEntry Entry(ulong seq, ulong? first = null, uint epoch = 0, int bytes = 200)
    {
        byte[] envelope = RandomNumberGenerator.GetBytes(bytes);
        new EnvelopeHeader(new KeyEpoch(epoch), new Sequence(first ?? seq), default).Write(envelope);
        return new AppendEntry
        {
            BlobId = BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)),
            KeyEpoch = new KeyEpoch(epoch),
            FirstSeq = new Sequence(first ?? seq),
            SenderSeq = new Sequence(seq),
            TtlSeconds = 0,
            Envelope = envelope,
        };
    }

    public static AppendBatch Batch(byte sender, params AppendEntry[] entries) => new() { Sender = Device(sender), Entries = [.. entries] };

    /// <summary>Lets storage confirm what was decided, as the grain does.</summary>
    public static LogWritten Store(GroupState state, AppendDecision decision)
    {
        LogAppend append = decision.Append!;
        var written = new LogWritten(
            append.ExpectedVersion + 1, state.Oldest, new Cursor(state.Head.Value + (ulong)append.Entries.Length), state.BytesUsed + decision.Bytes);
        state.Apply(append, written);
        return written;
    }
}
