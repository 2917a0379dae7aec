using System.Security.Cryptography;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Tests.Fuzz.HostileRelay;

/// <summary>One group as an honest relay keeps it, in memory: the log, each sender's place in it, and invites. Whoever asks is a member.</summary>
internal sealed class RelayLog
{
    private const int PageRows = 100;

    private readonly Lock _gate = new();
    private readonly List<PullEntry> _rows = [];
    private readonly Dictionary<DeviceId, (Sequence Seq, SequenceLink Link)> _senders = [];
    private readonly Dictionary<LookupId, byte[]> _invites = [];
    private readonly RelayEpoch _epoch = RelayEpoch.Read(RandomNumberGenerator.GetBytes(RelayEpoch.Size));
    private TaskCompletionSource _moved = New();
    private GroupId _group;

    /// <summary>Completes at the next push.</summary>
    public Task Moved
    {
        get
        {
            lock (_gate)
                return _moved.Task;
        }
    }

    public Welcome Welcome(RelayId relay, DeviceId device, Hello hello)
    {
        lock (_gate)
        {
            _group = hello.GroupId;
            (Sequence seq, SequenceLink link) = _senders.GetValueOrDefault(device);
            return new Welcome(Limits.Version, relay, _epoch, hello.KeyEpoch, default, new Cursor(1), Head, default, 0, seq, link, 0, new WelcomeLimits(1 << 20, 1 << 30, 0, 1 << 20));
        }
    }

    /// <returns>The answer, encoded.</returns>
    public byte[] Push(DeviceId sender, Push push)
    {
        lock (_gate)
        {
            PullEntry known = _rows.Find(row => row.SenderId == sender && row.SenderSeq == push.SenderSeq && row.BlobId == push.BlobId);
            if (known.Cursor.Value != 0)
                return MessageCodec.Encode(new PushAck(push.BlobId, known.Cursor, 0, Duplicate: true));

            Sequence expected = _senders.GetValueOrDefault(sender).Seq.Next;
            if (push.FirstSeq != expected || !EnvelopeHeader.TryRead(push.Envelope.Span, out EnvelopeHeader header))
                return MessageCodec.Encode(new Error(ErrorCode.OutOfSequence, string.Empty, null, [expected.Value]));

            Cursor cursor = Head.Next;
            _rows.Add(new PullEntry(cursor, PullEntryState.Blob, sender, push.BlobId, push.KeyEpoch, push.FirstSeq, push.SenderSeq, 0, push.Envelope.ToArray(), null));
            _senders[sender] = (push.SenderSeq, SequenceLinks.Next(_group, new BlobIds(sender, push.SenderSeq, push.BlobId), header.Previous));
            _moved.SetResult();
            _moved = New();
            return MessageCodec.Encode(new PushAck(push.BlobId, cursor, 0, Duplicate: false));
        }
    }

    public PullResponse Read(DeviceId reader, Cursor after)
    {
        lock (_gate)
        {
            var through = new Cursor(Math.Min(after.Value + PageRows, Head.Value));
            return new PullResponse([.. _rows.Where(row => row.Cursor > after && row.Cursor <= through && row.SenderId != reader)], through, through < Head, new Cursor(1), Head);
        }
    }

    public void Keep(InviteCreate invite)
    {
        lock (_gate)
            _invites[invite.LookupId] = invite.Sealed.GetValueOrDefault().ToArray();
    }

    public byte[] Claim(LookupId lookup)
    {
        lock (_gate)
            return _invites[lookup];
    }

    private Cursor Head => new((ulong)_rows.Count);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
