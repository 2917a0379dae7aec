using System.Text;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>Requests of the wire as the grains' commands, in memory of their own: a frame's is used again.</summary>
internal static class Commands
{
    public static RefillCommand ToCommand(Membership member, Refill refill) => new()
    {
        From = member.Device,
        Cursor = refill.Cursor,
        Sender = refill.SenderId,
        SenderSeq = refill.SenderSeq,
        BlobId = refill.BlobId,
        Envelope = refill.Envelope.ToArray(),
    };

    public static DeleteCommand ToCommand(Membership member, Delete delete) => new()
    {
        Device = member.Device,
        BlobId = delete.BlobId,
        Cursor = delete.Cursor,
        SenderSeq = delete.SenderSeq,
        KeyEpoch = delete.KeyEpoch,
        Proof = delete.Proof.ToArray(),
        Force = delete.Force,
    };

    public static RevokeDeviceCommand ToCommand(Membership member, RevokeDevice revoke) => new()
    {
        By = member.Device,
        Device = revoke.DeviceId,
        Reason = (RevocationReason)revoke.Reason,
    };

    public static RotateKeyCommand ToCommand(Membership member, RotateKey rotate, RelayId relay) => new()
    {
        Rotator = member.Device,
        Statement = new ChainStatement { Statement = rotate.Statement.ToArray(), Signature = rotate.Signature.ToArray() },
        Wraps = [.. rotate.Wraps.Select(wrap => new KeyWrap { Device = wrap.DeviceId, Wrap = wrap.Wrap.ToArray() })],
        IsHome = RotationStatement.TryDecode(rotate.Statement.Span, out RotationStatement? statement) && statement.HomeRelay == relay,
    };

    public static Rotations ToMessage(RotationsResult result) => new(
        [.. result.Rotations.Select(one => new Rotation(one.Statement.Statement, one.Statement.Signature, one.Members, one.Wrap))]);

    public static InviteCreation ToCreation(Membership member, InviteCreate create) => new()
    {
        Group = member.Group,
        Creator = member.Device,
        Kind = (InviteKind)create.Kind,
        Sealed = create.Sealed is { } record ? record.ToArray() : default(ReadOnlyMemory<byte>?),
        ExpiresSeconds = create.ExpiresSeconds,
        Attempts = create.Attempts,
    };

    public static WakeRegistration ToRegistration(RegisterPush register) => new()
    {
        Platform = (WakePlatform)register.Platform,
        Token = Encoding.UTF8.GetBytes(register.Token),
        AppId = register.AppId,
    };
}
