using System.Diagnostics;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Telemetry;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Invites;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>One request stream: each request is answered with exactly one frame, in order. A push or a subscription takes the stream over.</summary>
internal sealed class RequestLane(SealedChannel channel, ISessionView session, GatewayServices services)
{
    // What is in hand is sent, or given up, within about that.
    private static readonly TimeSpan OverloadWait = TimeSpan.FromSeconds(1);

    private long _pageBytes;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (channel.TryReceive(session.FrameBytesMax, out ReadOnlyMemory<byte> message))
            {
                if (await TryHandOverAsync(message, cancellationToken))
                    return;

                if (!session.InFlight.TryBegin())
                {
                    await channel.FlushAsync(endStream: true, cancellationToken);
                    return;
                }

                try
                {
                    await AnswerInTurnAsync(message, cancellationToken);
                }
                finally
                {
                    session.InFlight.End();
                }
            }

            if (!await channel.FillAsync(mayRest: false, cancellationToken))
            {
                await channel.FlushAsync(endStream: true, cancellationToken);
                return;
            }
        }
    }

    private async Task<bool> TryHandOverAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!MessageCodec.TryReadCode(message, out MessageCode code) || !session.ServesOnRequest(code) || session.Member is not { } member)
            return false;

        if (code == MessageCode.Push)
        {
            var pushing = new PushLane(channel, member, services, session.Pace!, session.InFlight);
            await session.Pushing.RunAsync(token => pushing.RunAsync(message, token), cancellationToken);
            return true;
        }

        if (code != MessageCode.Subscribe || !MessageCodec.TryDecode(message, out Subscribe? subscribe))
            return false;

        var subscribing = new SubscriptionLane(channel, member, session.Observer, services);
        await session.Subscribing.RunAsync(token => subscribing.RunAsync(subscribe.AfterCursor, token), cancellationToken);
        return true;
    }

    private async Task AnswerInTurnAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        SemaphoreSlim turns = session.Streams.Requests;
        await turns.WaitAsync(cancellationToken);
        try
        {
            await AnswerAsync(message, cancellationToken);
            await channel.FlushAsync(endStream: false, cancellationToken);
        }
        finally
        {
            services.Memory.Release(_pageBytes);
            _pageBytes = 0;
            turns.Release();
        }
    }

    private async Task AnswerAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!MessageCodec.TryReadCode(message, out MessageCode code))
        {
            Refuse(Refusals.Of(ErrorCode.InvalidMessage));
            return;
        }

        if (!session.ServesOnRequest(code))
        {
            Refuse(Refusals.Of(ErrorCode.UnexpectedMessage));
            return;
        }

        if (session.Pace is { } pace && !pace.TryRequest(out TimeSpan wait))
        {
            services.Metrics.LimitReached(GatewayLimit.RequestsPerDevice);
            Refuse(Refusals.After(ErrorCode.RateLimited, wait));
            return;
        }

        try
        {
            await (session.Member is { } member ? AnswerMemberAsync(member, code, message, cancellationToken) : AnswerJoinerAsync(code, message, cancellationToken));
        }
        catch (Exception exception) when (GrainFailures.IsOutcomeUnknown(exception))
        {
            GrainFailures.Log(services.Logger, exception);
            Refuse(Refusals.Of(ErrorCode.RelayUnavailable));
        }
    }

    private async Task AnswerJoinerAsync(MessageCode code, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (code != MessageCode.InviteClaim || !MessageCodec.TryDecode(message, out InviteClaim? _))
        {
            Refuse(Refusals.Of(ErrorCode.InvalidMessage));
            return;
        }

        if (!session.TryTakeLookup(out LookupId lookup))
        {
            Refuse(Refusals.Of(ErrorCode.UnexpectedMessage));
            return;
        }

        ClaimResult result = await InviteGrain(lookup).ClaimAsync(new ClaimCommand { Claimer = session.Device }, cancellationToken);
        if (result is Claimed claimed)
            channel.Append(new Invite(claimed.Sealed));
        else
            Refuse(Refusals.ToError(((ClaimRefused)result).Refusal));
    }

    private Task AnswerMemberAsync(Membership member, MessageCode code, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => code switch
    {
        MessageCode.Pull when MessageCodec.TryDecode(message, out Pull? pull) => PullAsync(member, pull, cancellationToken),
        MessageCode.Ack when MessageCodec.TryDecode(message, out Ack? ack) => DoneAsync(
            member.GroupGrain.AcknowledgeAsync(new AcknowledgeCommand { Device = member.Device, Cursor = ack.Cursor }, cancellationToken)),
        MessageCode.Refill when MessageCodec.TryDecode(message, out Refill? refill) => DoneAsync(
            member.GroupGrain.RefillAsync(Commands.ToCommand(member, refill), cancellationToken)),
        MessageCode.Delete when MessageCodec.TryDecode(message, out Delete? delete) => DoneAsync(
            member.GroupGrain.DeleteAsync(Commands.ToCommand(member, delete), cancellationToken)),
        MessageCode.RevokeDevice when MessageCodec.TryDecode(message, out RevokeDevice? revoke) => DoneAsync(
            member.GroupGrain.RevokeDeviceAsync(Commands.ToCommand(member, revoke), cancellationToken)),
        MessageCode.RotateKey when MessageCodec.TryDecode(message, out RotateKey? rotate) => DoneAsync(
            member.GroupGrain.RotateKeyAsync(Commands.ToCommand(member, rotate, services.RelayId), cancellationToken)),
        MessageCode.GetRotations when MessageCodec.TryDecode(message, out GetRotations? rotations) => RotationsAsync(member, rotations, cancellationToken),
        MessageCode.ListDevices when MessageCodec.TryDecode(message, out ListDevices? _) => ListDevicesAsync(member, cancellationToken),
        MessageCode.InviteCreate when MessageCodec.TryDecode(message, out InviteCreate? create) => DoneAsync(
            InviteGrain(create.LookupId).CreateAsync(Commands.ToCreation(member, create), cancellationToken)),
        MessageCode.InviteCancel when MessageCodec.TryDecode(message, out InviteCancel? cancel) => DoneAsync(
            InviteGrain(cancel.LookupId).CancelAsync(new CancelInviteCommand { Group = member.Group, Device = member.Device }, cancellationToken)),
        MessageCode.RegisterPush when MessageCodec.TryDecode(message, out RegisterPush? register) => DoneAsync(
            member.DeviceGrain.RegisterWakeAsync(Commands.ToRegistration(register), cancellationToken)),
        MessageCode.UnregisterPush when MessageCodec.TryDecode(message, out UnregisterPush? _) => DoneAsync(member.DeviceGrain.UnregisterWakeAsync(cancellationToken)),
        _ => InvalidAsync(),
    };

    private async Task PullAsync(Membership member, Pull pull, CancellationToken cancellationToken)
    {
        if (services.Memory.IsOver)
        {
            services.Metrics.LimitReached(GatewayLimit.BytesInHand);
            Refuse(Refusals.After(ErrorCode.RelayOverloaded, OverloadWait));
            return;
        }

        int bytesMax = Pages.BytesMax(services.Memory);
        var query = new ReadQuery
        {
            Reader = member.Device,
            After = pull.AfterCursor,
            CountMax = pull.Limit == 0 ? Limits.PageEntriesDefault : (int)Math.Min(pull.Limit, Limits.PageEntries),
            BytesMax = pull.BytesMax == 0 ? bytesMax : (int)Math.Min(pull.BytesMax, (uint)bytesMax),
            Own = pull.Own,
        };
        using Activity? span = GatewaySpans.Read();
        ReadResult result = await member.GroupGrain.ReadAsync(query, cancellationToken);
        if (result is not ReadPage page)
        {
            Refuse(Pages.ToError(result));
            return;
        }

        // In hand until it is sent.
        _pageBytes = Pages.Bytes(page);
        services.Memory.Take(_pageBytes);
        channel.Append(Pages.ToMessage(page));
    }

    private async Task RotationsAsync(Membership member, GetRotations rotations, CancellationToken cancellationToken)
    {
        var query = new RotationsQuery { Device = member.Device, AfterEpoch = rotations.AfterEpoch };
        RotationsResult result = await member.GroupGrain.GetRotationsAsync(query, cancellationToken);
        if (result.Refusal is { } refusal)
            Refuse(Refusals.ToError(refusal));
        else
            channel.Append(Commands.ToMessage(result));
    }

    private async Task ListDevicesAsync(Membership member, CancellationToken cancellationToken)
    {
        DeviceListResult result = await member.GroupGrain.ListDevicesAsync(cancellationToken);
        if (result.Refusal is { } refusal)
        {
            Refuse(Refusals.ToError(refusal));
            return;
        }

        channel.Append(new Protocol.Messages.Devices([.. result.Devices.Select(device => new DeviceEntry(
            device.Device,
            device.DeviceCard,
            device.FirstSeenMs,
            device.LastSeenMs,
            device.AckedCursor,
            device.Pending,
            device.Online))]));
    }

    private async Task DoneAsync(Task<CommandResult> command)
    {
        CommandResult result = await command;
        if (result is CommandRefused refused)
            Refuse(Refusals.ToError(refused.Refusal));
        else
            channel.Append(new Done());
    }

    private Task InvalidAsync()
    {
        Refuse(Refusals.Of(ErrorCode.InvalidMessage));
        return Task.CompletedTask;
    }

    private void Refuse(Error error)
    {
        services.Metrics.Refused(error.Reason);
        channel.Append(error);
    }

    private IInviteGrain InviteGrain(LookupId lookup) => services.Grains.GetGrain<IInviteGrain>(GrainKeys.Invite(lookup));
}
