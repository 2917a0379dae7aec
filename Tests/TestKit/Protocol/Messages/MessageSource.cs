using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.TestKit.Protocol.Messages;

/// <summary>Makes one of every message from a source of values: fixed ones for the golden bytes, random ones for round trips.</summary>
public sealed class MessageSource(IValueSource values)
{
    public IEnumerable<MessageCase> All()
    {
        yield return MessageCase.Of(new Hello(values.UInt8(), Group(), Epoch(), new AdmissionKey(values.Bytes32()), values.List(3, Statement), values.Bytes(64, 64), values.Maybe(RelayEpochOrNull), values.Bytes(0, 4096), values.Maybe(() => (ReadOnlyMemory<byte>?)values.Bytes(0, 512)), (HelloFlags)values.UInt32()));
        yield return MessageCase.Of(new Welcome(values.UInt8(), new RelayId(values.Bytes32()), new RelayEpoch(values.Bytes16()), Epoch(), new StatementHash(values.Bytes32()), At(), At(), At(), values.UInt32(), Seq(), new SequenceLink(values.Bytes32()), values.UInt64(), new WelcomeLimits(values.UInt64(), values.UInt64(), values.UInt64(), values.UInt64())));
        yield return MessageCase.Of(new Bye((ByeCode)values.UInt32(), values.Maybe(() => values.Text(256)), values.Maybe(() => (uint?)values.UInt32())));
        yield return MessageCase.Of(new Done());
        yield return MessageCase.Of(new Rekey(values.Bytes(0, 1216)));
        yield return MessageCase.Of(new Push(Blob(), Epoch(), Seq(), Seq(), values.UInt32(), values.Bytes(0, 70_000)));
        yield return MessageCase.Of(new PushAck(Blob(), At(), values.UInt64(), values.Bool()));
        yield return MessageCase.Of(new Refill(At(), Device(), Seq(), Blob(), values.Bytes(0, 300)));
        yield return MessageCase.Of(new Pull(At(), values.UInt32(), values.UInt32(), values.Bool()));
        yield return MessageCase.Of(new PullResponse(values.List(20, Entry), At(), values.Bool(), At(), At()));
        yield return MessageCase.Of(new Ack(At()));
        yield return MessageCase.Of(new Subscribe(At()));
        yield return MessageCase.Of(new Presence((PresenceStatus)values.UInt8(1)));
        yield return MessageCase.Of(new Notify(At(), values.UInt32(), values.UInt32()));
        yield return MessageCase.Of(new Delete(Blob(), At(), Seq(), Epoch(), values.Bytes(64, 64), values.Bool()));
        yield return MessageCase.Of(new RevokeDevice(Device(), (RevokeReason)values.UInt8(2)));
        yield return MessageCase.Of(new DeviceRevoked(Device(), Device(), values.UInt64(), (RevokeReason)values.UInt8(2)));
        yield return MessageCase.Of(new ListDevices());
        yield return MessageCase.Of(new Devices(values.List(20, () => new DeviceEntry(Device(), values.Bytes(0, 300), values.UInt64(), values.UInt64(), At(), values.UInt32(), values.Bool()))));
        yield return MessageCase.Of(new RotateKey(values.Bytes(0, 600), values.Bytes(64, 64), values.List(20, () => new DeviceWrap(Device(), values.Bytes(0, 1200)))));
        yield return MessageCase.Of(new KeyRotated(values.Bytes(0, 600), values.Bytes(64, 64), values.List(20, Device), values.Maybe(() => (ReadOnlyMemory<byte>?)values.Bytes(0, 1200))));
        yield return MessageCase.Of(new GetRotations(Epoch()));
        yield return MessageCase.Of(new Rotations(values.List(4, () => new Rotation(values.Bytes(0, 600), values.Bytes(64, 64), values.List(4, Device), values.Maybe(() => (ReadOnlyMemory<byte>?)values.Bytes(0, 1200))))));
        yield return MessageCase.Of(new DeviceJoined(Device(), values.Bytes(0, 300), values.Maybe(() => (LookupId?)Lookup())));
        yield return MessageCase.Of(new RegisterPush((PushPlatform)values.UInt8(3), values.Text(4096), values.Maybe(() => values.Text(256))));
        yield return MessageCase.Of(new UnregisterPush((UnregisterReason)values.UInt8(1)));
        yield return MessageCase.Of(new Join(Lookup(), (JoinKind)values.UInt8(1)));
        yield return MessageCase.Of(new InviteCreate(Lookup(), (JoinKind)values.UInt8(1), values.Maybe(() => (ReadOnlyMemory<byte>?)values.Bytes(0, 36 << 10)), values.UInt32(), values.UInt8()));
        yield return MessageCase.Of(new InviteClaim());
        yield return MessageCase.Of(new Invite(values.Bytes(0, 36 << 10)));
        yield return MessageCase.Of(new Pake(Lookup(), values.UInt8(), values.Bytes(0, 4096)));
        yield return MessageCase.Of(new Handover(values.Bytes(0, 36 << 10)));
        yield return MessageCase.Of(new InviteCancel(Lookup()));
        yield return MessageCase.Of(new Error((ErrorCode)values.UInt32(), values.Text(256), values.Maybe(() => (uint?)values.UInt32()), values.List(4, () => values.UInt64())));
    }

    private PullEntry Entry() => new(At(), (PullEntryState)values.UInt8(3), Device(), Blob(), Epoch(), Seq(), Seq(), values.UInt64(), values.Maybe(() => (ReadOnlyMemory<byte>?)values.Bytes(0, 400)), values.Maybe(() => (ReadOnlyMemory<byte>?)values.Bytes(64, 64)));

    private SignedStatement Statement() => new(values.Bytes(0, 300), values.Bytes(64, 64));

    private RelayEpoch? RelayEpochOrNull() => new RelayEpoch(values.Bytes16());

    private GroupId Group() => new(values.Bytes32());

    private DeviceId Device() => new(values.Bytes32());

    private BlobId Blob() => new(values.Bytes16());

    private LookupId Lookup() => new(values.Bytes16());

    private Cursor At() => new(values.UInt64());

    private Sequence Seq() => new(values.UInt64());

    private KeyEpoch Epoch() => new(values.UInt32());
}
