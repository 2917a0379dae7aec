using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Sync;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class AdoptionRulesTests : IAsyncDisposable
{
    private static readonly DeviceId Stranger = DeviceId.Read([.. Enumerable.Repeat((byte)0x77, 32)]);
    private readonly DeviceFixture _device = new();

    [Fact]
    public void Judge_NextRotationWithItsWrap_IsAdopted()
    {
        Rotation rotation = _device.Peer.Rotate();

        AdoptionOutcome outcome = AdoptionRules.Judge(_device.Context.Record.Rotations, rotation, _device.Context.Device, out RotationChain? longer, out SecretBytes? secret);

        Assert.Equal(AdoptionOutcome.Adopted, outcome);
        Assert.Equal(1u, longer!.Epoch.Value);
        using (secret)
            Assert.True(secret!.FixedTimeEquals(_device.Peer.Record.Secrets[^1].Secret));
    }

    [Fact]
    public void Judge_SecretThatTheRelaySlippedIn_IsRefused()
    {
        Rotation rotation = _device.Peer.Rotate();
        using SecretBytes other = SecretBytes.CreateRandom(GroupKeys.SecretBytesLength);

        Assert.Equal(AdoptionOutcome.Refused, Judge(rotation with { Wrap = _device.Peer.Wrap(other, new KeyEpoch(1)) }));
    }

    [Fact]
    public void Judge_StatementThatNoMemberSigned_IsRefused()
    {
        Rotation rotation = _device.Peer.Rotate();
        byte[] signature = rotation.Signature.ToArray();
        signature[0] ^= 1;
        byte[] statement = rotation.Statement.ToArray();
        statement[4] ^= 1;

        Assert.Equal(AdoptionOutcome.Refused, Judge(rotation with { Signature = signature }));
        Assert.Equal(AdoptionOutcome.Refused, Judge(rotation with { Statement = statement }));
        Assert.Equal(AdoptionOutcome.Refused, Judge(rotation with { Statement = statement.AsMemory(1) }));
    }

    [Fact]
    public void Judge_DeviceThatTheRelaySlippedIn_IsRefused()
    {
        Rotation rotation = _device.Peer.Rotate();

        Assert.Equal(AdoptionOutcome.Refused, Judge(rotation with { Members = [.. rotation.Members, Stranger] }));
        Assert.Equal(AdoptionOutcome.Refused, Judge(rotation with { Members = [rotation.Members[0], rotation.Members[0]] }));
        Assert.Equal(AdoptionOutcome.Adopted, Judge(rotation with { Members = [] }));
    }

    [Fact]
    public void Judge_DeviceLeftOut_IsToldWhether()
    {
        using SecretBytes secret = SecretBytes.CreateRandom(GroupKeys.SecretBytesLength);
        Rotation rotation = _device.Peer.Propose(secret);
        Rotation revoking = _device.Peer.Propose(secret, new RevokedDevice(_device.Context.DeviceId, RevokeReason.Lost));

        Assert.Equal(AdoptionOutcome.NoWrap, Judge(rotation with { Wrap = null }));
        Assert.Equal(AdoptionOutcome.Revoked, Judge(revoking with { Wrap = null }));
        Assert.Equal(AdoptionOutcome.Revoked, Judge(revoking));
    }

    [Fact]
    public void Judge_LaterThanTheNext_AsksForThoseBetween()
    {
        _device.Peer.Rotate();

        Assert.Equal(AdoptionOutcome.Ahead, Judge(_device.Peer.Rotate()));
    }

    [Fact]
    public async Task Judge_OwnHistoryAndOthers_AreToldApart()
    {
        using var other = new Member(_device, Stranger);
        Rotation first = _device.Peer.Rotate();
        using var updates = new KeyUpdates(_device.Context, new Inbox(_device.Context, InboxBounds.Default));
        Assert.Equal(AdoptionOutcome.Adopted, await updates.TakeAsync(first, TestContext.Current.CancellationToken));

        Rotation fork = other.Rotate();
        Rotation afterFork = other.Rotate();
        byte[] unsigned = fork.Signature.ToArray();
        unsigned[5] ^= 4;

        Assert.Equal(AdoptionOutcome.Known, Judge(first));
        Assert.Equal(AdoptionOutcome.Fork, Judge(fork));
        Assert.Equal(AdoptionOutcome.Refused, Judge(fork with { Signature = unsigned }));
        // Signed by a key that this device never had: not by a member of its history.
        Assert.Equal(AdoptionOutcome.Refused, Judge(afterFork));
    }

    public ValueTask DisposeAsync() => _device.DisposeAsync();

    private AdoptionOutcome Judge(in Rotation rotation)
    {
        AdoptionOutcome outcome = AdoptionRules.Judge(_device.Context.Record.Rotations, rotation, _device.Context.Device, out RotationChain? longer, out SecretBytes? secret);
        Assert.Equal(outcome == AdoptionOutcome.Adopted, longer is not null);
        Assert.Equal(outcome == AdoptionOutcome.Adopted, secret is not null);
        secret?.Dispose();
        return outcome;
    }
}
