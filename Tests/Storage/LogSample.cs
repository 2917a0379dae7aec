using System.Collections.Immutable;
using System.Security.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Storage;

/// <summary>Groups, devices and blobs to write; numbers in, rows out.</summary>
public static class LogSample
{
    public const ulong Now = 1_800_000_000_000;

    public static GroupId Group(byte number) => GroupId.Read([.. Enumerable.Repeat(number, 32)]);

    public static DeviceId Device(byte number) => DeviceId.Read([.. Enumerable.Repeat((byte)(number + 100), 32)]);

    public static byte[] Envelope(ulong seq)
    {
        byte[] envelope = new byte[1024];
        Array.Fill(envelope, (byte)(seq % 251));
        return envelope;
    }

    public static LogQuery Query(GroupId group, ulong after) => new() { Group = group, After = new Cursor(after), CountMax = 100, BytesMax = 1 << 20, NowMs = Now };

    public static StoredGroup NewGroup(GroupId group, params ReadOnlySpan<DeviceId> devices)
    {
        var rows = ImmutableArray.CreateBuilder<StoredDevice>();
        foreach (DeviceId device in devices)
            rows.Add(new StoredDevice { Device = device, Card = new byte[] { 1 }, Acked = default, FirstSeenMs = Now, LastSeenMs = Now });

        return new StoredGroup
        {
            Group = group,
            Version = 1,
            RelayEpoch = RelayEpoch.Read(RandomNumberGenerator.GetBytes(16)),
            OriginKey = AdmissionKey.Read(new byte[32]),
            Chain = [],
            Oldest = new Cursor(1),
            Head = default,
            BytesUsed = 0,
            Devices = rows.DrainToImmutable(),
        };
    }

    public static LogAppend Append(GroupId group, long version, DeviceId sender, ulong firstSeq, int count) => new()
    {
        Group = group,
        ExpectedVersion = version,
        Sender = sender,
        TimestampMs = Now,
        LastLink = SequenceLink.Read(RandomNumberGenerator.GetBytes(32)),
        Entries =
        [
            .. Enumerable.Range(0, count).Select(i => firstSeq + (ulong)i).Select(seq => new LogEntry(
                BlobId.Read(RandomNumberGenerator.GetBytes(16)),
                default,
                new Sequence(seq),
                new Sequence(seq),
                Now + 1_000_000,
                Envelope(seq))),
        ],
    };

    /// <summary>What may go once two devices have acknowledged up to a cursor, device 1 having sent everything.</summary>
    public static TrimRequest Delivered(ulong through) =>
        new() { AllThrough = default, OthersThrough = new Cursor(through), Laggard = Device(1), StoredThroughMs = Now, HolesThroughMs = 0 };

    public static LogMark Deletion(GroupId group, long version, ulong cursor) => new()
    {
        Group = group,
        ExpectedVersion = version,
        Cursor = new Cursor(cursor),
        State = EntryState.Deleted,
        KeyEpoch = new KeyEpoch(5),
        Proof = new byte[64],
        NowMs = Now,
    };

    public static LogRefill Refill(GroupId group, long version, PageEntry row) => new()
    {
        Group = group,
        ExpectedVersion = version,
        Cursor = row.Cursor,
        Sender = row.Sender,
        SenderSeq = row.SenderSeq,
        BlobId = row.BlobId,
        KeyEpoch = row.KeyEpoch,
        FirstSeq = row.FirstSeq,
        Envelope = Envelope(row.SenderSeq.Value),
        NowMs = Now,
    };

    public static ChainStatement Statement(int length) => new() { Statement = RandomNumberGenerator.GetBytes(length), Signature = RandomNumberGenerator.GetBytes(64) };

    /// <summary>Makes a group; returns its version.</summary>
    public static async Task<long> CreateSampleAsync(this IBlobLog log, GroupId group, params DeviceId[] devices) =>
        Assert.IsType<LogWritten>(await log.CreateAsync(NewGroup(group, devices), Bounded.Token())).Version;

    /// <summary>Appends so many blobs of 1 KiB; returns the version then.</summary>
    public static async Task<long> AppendSampleAsync(this IBlobLog log, GroupId group, long version, DeviceId sender, ulong firstSeq, int count) =>
        Assert.IsType<LogWritten>(await log.AppendAsync(Append(group, version, sender, firstSeq, count), Bounded.Token())).Version;

    /// <summary>A page of a group that is there.</summary>
    public static async Task<LogPage> PageAsync(this IBlobLog log, LogQuery query) =>
        await log.ReadAsync(query, Bounded.Token()) ?? throw new InvalidOperationException("The group is there.");
}
