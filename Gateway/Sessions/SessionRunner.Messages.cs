using System.Security.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>The messages of the session stream: HELLO, JOIN, PRESENCE, REKEY, BYE.</summary>
internal sealed partial class SessionRunner
{
    private readonly ChainChecks _chains = new();

    // False when the session is over.
    private async Task<bool> ServeSessionAsync(SealedChannel channel, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        bool isKnown = MessageCodec.TryReadCode(message, out MessageCode code);
        bool isServed;
        lock (_gate)
            isServed = _machine.ServesOnSession(code);

        switch (code)
        {
            case MessageCode.Hello when isKnown && isServed && MessageCodec.TryDecode(message, out Hello? hello):
                await HelloAsync(channel, hello, cancellationToken);
                return Phase != SessionPhase.Closing;
            case MessageCode.Join when isKnown && isServed && MessageCodec.TryDecode(message, out Join? join):
                Join(join);
                await channel.SendAsync(new Done(), cancellationToken);
                return true;
            case MessageCode.Presence when isKnown && isServed && MessageCodec.TryDecode(message, out Presence? presence):
                if (Member is { } member)
                    await TryAsync(() => member.DeviceGrain.SetPresenceAsync(_id, presence.Status == PresenceStatus.Active, cancellationToken));

                return true;
            case MessageCode.Rekey when isKnown && isServed:
                await _rekey!.TakeAsync(message, cancellationToken);
                return true;
            case MessageCode.Bye when isKnown && isServed:
                return false;
            default:
                Error error = Refusals.Of(isKnown && !isServed ? ErrorCode.UnexpectedMessage : ErrorCode.InvalidMessage);
                _services.Metrics.Refused(error.Reason);
                await channel.SendAsync(error, cancellationToken);
                return true;
        }
    }

    private void Join(Join join)
    {
        lock (_gate)
        {
            _machine.Joined();
            // A short code is a feature of its own: its rendezvous is simply not found here.
            _lookup = join.Kind == JoinKind.Invite ? join.LookupId : null;
        }

        _lease.Opened();
        _opened.TrySetResult();
    }

    private async Task HelloAsync(SealedChannel channel, Hello hello, CancellationToken cancellationToken)
    {
        using var refusal = new RefusalClock(_services.Time);
        (HelloResult? result, Error? refused) = await DecideHelloAsync(hello, cancellationToken);
        if (refused is not null)
        {
            await refusal.WaitAsync(cancellationToken);
            lock (_gate)
                _machine.HelloRefused();

            _services.Metrics.Refused(refused.Reason);
            await channel.SendAsync(refused, cancellationToken);
            return;
        }

        if (_pace is null)
            Volatile.Write(ref _pace, _services.Devices.Enter(Device));

        WelcomeState state = result is Welcomed welcomed ? welcomed.State : ((Restricted)result!).State;
        var member = Membership.Of(_services.Grains, hello.GroupId, Device, hello.Chain.Count, state.HeadCursor);
        Volatile.Write(ref _member, member);
        lock (_gate)
        {
            if (result is Welcomed)
                _machine.HelloWelcomed();
            else
                _machine.HelloRestricted();
        }

        _lease.Opened();
        // Before WELCOME: whatever is committed after the state it shows is heard of.
        await AttachAsync(member, cancellationToken);
        await channel.SendAsync(ToWelcome(state), cancellationToken);
        _opened.TrySetResult();
    }

    private async Task<(HelloResult? Result, Error? Refused)> DecideHelloAsync(Hello hello, CancellationToken cancellationToken)
    {
        // In a session only a longer chain of the same group is worth another HELLO.
        if (Member is { } member && (hello.GroupId != member.Group || (Phase == SessionPhase.Active && hello.Chain.Count <= member.ChainLength)))
            return (null, Refusals.Of(ErrorCode.UnexpectedMessage));

        if (_services.Memory.IsOver)
        {
            _services.Metrics.LimitReached(GatewayLimit.BytesInHand);
            return (null, Refusals.After(ErrorCode.RelayOverloaded, TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1_000, 5_000))));
        }

        (HelloCommand? command, Error? refused) = HelloVerifier.Verify(hello, Device, _streams!.Keys.HandshakeHash, _chains);
        if (command is null)
            return (null, refused);

        if (command.Create)
        {
            if (!_lease.TryCreateGroup(out TimeSpan wait))
            {
                _services.Metrics.LimitReached(GatewayLimit.CreationsPerAddress);
                return (null, Refusals.After(ErrorCode.RateLimited, wait));
            }

            command = command with { Create = await IsAdmittedAsync(hello, cancellationToken) };
        }

        Membership asked = Membership.Of(_services.Grains, hello.GroupId, Device, hello.Chain.Count, default);
        try
        {
            HelloResult result = await asked.GroupGrain.HelloAsync(command, cancellationToken);
            return result is HelloRefused no ? (null, Refusals.ToError(no.Refusal)) : (result, null);
        }
        catch (Exception exception) when (GrainFailures.IsOutcomeUnknown(exception))
        {
            GrainFailures.Log(_services.Logger, exception);
            return (null, Refusals.Of(ErrorCode.RelayUnavailable));
        }
    }

    // Asked whether the group is here or not, so that the answer tells nobody; at a group that is here it has no effect.
    private async Task<bool> IsAdmittedAsync(Hello hello, CancellationToken cancellationToken)
    {
        var request = new GroupAdmissionRequest(hello.GroupId, Device, _connection.RemoteEndPoint.Address, hello.AdmissionToken ?? default);
        bool isAdmitted = await _services.Admission.IsAdmittedAsync(request, cancellationToken);
        if (!isAdmitted)
            _services.Metrics.LimitReached(GatewayLimit.GroupAdmission);

        return isAdmitted;
    }

    private Welcome ToWelcome(WelcomeState state) => new(
        Limits.Version,
        _services.RelayId,
        state.RelayEpoch,
        state.GroupKeyEpoch,
        state.LastStatement,
        state.OldestCursor,
        state.HeadCursor,
        state.AckedCursor,
        state.Pending,
        state.LastSeq,
        state.LastLink,
        (ulong)Math.Max(0, _services.Time.GetUtcNow().ToUnixTimeMilliseconds()),
        new WelcomeLimits(state.BlobBytesMax, state.GroupBytesMax, state.GroupBytesUsed, state.PageBytesMax));
}
