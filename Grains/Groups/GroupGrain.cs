using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// A group: decides on its state, has storage record the decision, and applies what storage confirmed. It owns no rule (those are pure,
/// beside it) and no truth (that is the group's row, which fences every write).
/// </summary>
[GrainType("group")]
public sealed partial class GroupGrain(IBlobLog log, RelayClock clock, IOptions<GroupOptions> options, ILogger<GroupGrain> logger) : Grain, IGroupGrain
{
    // One reload answers a write from outside (expiry); a second fence means that another activation is at work.
    private const int DecideAttempts = 2;

    private readonly GroupOptions _options = options.Value;
    private GroupId _group;
    private GroupState? _state;
    private HeadNotifier? _notifier;
    private ulong _trimmedMs;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!GrainKeys.TryParseGroup(this.GetPrimaryKeyString(), out _group))
            throw new InvalidOperationException("The key of a group's grain is a group id.");

        _notifier = new HeadNotifier(_group, GrainFactory, logger);
        await LoadAsync(cancellationToken);
    }

    public async Task<HelloResult> HelloAsync(HelloCommand command, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < DecideAttempts; attempt++)
        {
            RelayEpoch fresh = RelayEpoch.Read(RandomNumberGenerator.GetBytes(RelayEpoch.Size));
            HelloDecision decision = HelloRules.Decide(_group, _state, command, fresh, _options, clock.NowMs);
            if (decision.Refusal is { } refusal)
            {
                // An id that names no group must leave nothing behind.
                if (_state is null)
                    DeactivateOnIdle();

                return new HelloRefused { Refusal = refusal };
            }

            if (!await TryRecordAsync(decision, cancellationToken))
                continue;

            if (decision.Joined is { } joined)
                Announce(joined, except: command.Device);

            WelcomeState welcome = HelloRules.Welcome(_state!, command.Device, _options);
            return decision.IsRestricted ? new Restricted { State = welcome } : new Welcomed { State = welcome };
        }

        DeactivateOnIdle();
        return Refusals.Hello(RefusalReason.Unavailable);
    }

    public async Task<AppendResult> AppendAsync(AppendBatch batch, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < DecideAttempts; attempt++)
        {
            if (_state is null)
                return new AppendResult { Receipts = [], Refusal = Refusals.Of(RefusalReason.NotAdmitted) };

            ulong now = clock.NowMs;
            AppendDecision decision = AppendRules.Decide(_state, batch, _options, now);
            if (decision.Refusal?.Reason == RefusalReason.GroupQuotaExceeded && await TryMakeRoomAsync(now))
                decision = AppendRules.Decide(_state, batch, _options, now);

            if (decision.Append is not { } append)
                return new AppendResult { Receipts = AppendRules.Receipts(decision, written: null), Refusal = decision.Refusal };

            LogWriteResult result;
            try
            {
                // Not cancelled: once it is with storage, only storage knows what became of it.
                result = await log.AppendAsync(append, CancellationToken.None);
            }
            catch (StorageException exception) when (exception.Kind is StorageErrorKind.Full or StorageErrorKind.Overloaded)
            {
                // Nothing was written, and that much is known.
                return new AppendResult
                {
                    Receipts = [],
                    Refusal = Refusals.Of(exception.Kind == StorageErrorKind.Full ? RefusalReason.StorageFull : RefusalReason.Unavailable, 0),
                };
            }

            if (result is LogWritten written)
            {
                _state.Apply(append, written);
                _notifier!.HeadMoved(_state.Devices, batch.Sender, written.Head, append.Entries.Length, decision.Bytes);
                return new AppendResult { Receipts = AppendRules.Receipts(decision, written), Refusal = decision.Refusal };
            }

            await LoadAsync(cancellationToken);
        }

        DeactivateOnIdle();
        return new AppendResult { Receipts = [], Refusal = Refusals.Of(RefusalReason.Unavailable) };
    }

    public async Task<ReadResult> ReadAsync(ReadQuery query, CancellationToken cancellationToken)
    {
        // Interleaves with everything: it uses nothing of the state but the id and the options, which never change.
        LogPage? page = await log.ReadAsync(ReadRules.Query(_group, query, _options, clock.NowMs), cancellationToken);
        return page is null
            ? new ReadRefused { Refusal = Refusals.Of(RefusalReason.NotAdmitted) }
            : ReadRules.Answer(query, page);
    }

    public async Task<CommandResult> AcknowledgeAsync(AcknowledgeCommand command, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < DecideAttempts; attempt++)
        {
            if (_state is null)
                return Refusals.Command(RefusalReason.NotAdmitted);

            ulong now = clock.NowMs;
            bool mayTrim = now >= _trimmedMs + (ulong)_options.TrimInterval.TotalMilliseconds;
            (GroupWrite? write, Refusal? refusal) = DeliveryRules.Acknowledge(_state, command, _options, now, mayTrim);
            if (refusal is not null)
                return new CommandRefused { Refusal = refusal };

            if (write is null)
                return new CommandDone();

            if (await TryWriteAsync(write))
            {
                _trimmedMs = write.Trim is null ? _trimmedMs : now;
                return new CommandDone();
            }

            await LoadAsync(cancellationToken);
        }

        DeactivateOnIdle();
        return Refusals.Command(RefusalReason.Unavailable);
    }

    public async Task<DeviceListResult> ListDevicesAsync(CancellationToken cancellationToken)
    {
        if (_state is null)
            return new DeviceListResult { Devices = [], Refusal = Refusals.Of(RefusalReason.NotAdmitted) };

        DeviceState[] members = [.. _state.Devices.Where(device => !device.IsRevoked).OrderBy(device => device.Stored.Device.Value)];
        GroupState state = _state;
        bool[] online = await Task.WhenAll(members.Select(member => DeviceGrain(member.Stored.Device).IsOnlineAsync(cancellationToken)));
        return new DeviceListResult
        {
            Devices = [.. members.Select((member, i) => new DeviceListing
            {
                Device = member.Stored.Device,
                DeviceCard = member.Stored.Card,
                FirstSeenMs = member.Stored.FirstSeenMs,
                LastSeenMs = member.Stored.LastSeenMs,
                AckedCursor = member.Acked,
                Pending = state.PendingAfter(member.Acked),
                Online = online[i],
            })],
        };
    }

    // The contracts of the features below are frozen; the relay does not serve them yet and the gateway answers their messages itself.
    public Task<CommandResult> RefillAsync(RefillCommand command, CancellationToken cancellationToken) => NotServedAsync();

    public Task<CommandResult> DeleteAsync(DeleteCommand command, CancellationToken cancellationToken) => NotServedAsync();

    public Task<CommandResult> RevokeDeviceAsync(RevokeDeviceCommand command, CancellationToken cancellationToken) => NotServedAsync();

    public Task<CommandResult> RotateKeyAsync(RotateKeyCommand command, CancellationToken cancellationToken) => NotServedAsync();

    public Task<RotationsResult> GetRotationsAsync(RotationsQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(new RotationsResult { Rotations = ImmutableArray<RotationRecord>.Empty, Refusal = Refusals.Of(RefusalReason.NotServed) });

    private static Task<CommandResult> NotServedAsync() => Task.FromResult<CommandResult>(Refusals.Command(RefusalReason.NotServed));

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        StoredGroup? stored = await log.LoadAsync(_group, cancellationToken);
        _state = stored is null ? null : new GroupState(stored);
    }

    private async Task<bool> TryRecordAsync(HelloDecision decision, CancellationToken cancellationToken)
    {
        if (decision.Create is { } created)
        {
            if (await log.CreateAsync(created, CancellationToken.None) is LogWritten)
            {
                _state = new GroupState(created);
                return true;
            }
        }
        else if (decision.Write is { } write && await TryWriteAsync(write))
        {
            return true;
        }

        await LoadAsync(cancellationToken);
        return false;
    }

    private async Task<bool> TryWriteAsync(GroupWrite write)
    {
        if (await log.WriteAsync(write, CancellationToken.None) is not LogWritten written)
            return false;

        _state!.Apply(write, written);
        return true;
    }

    // Room for a push goes before retention: delivered rows are trimmed whatever their age.
    private async Task<bool> TryMakeRoomAsync(ulong now)
    {
        GroupWrite? trim = DeliveryRules.Trim(_state!, _options, TimeSpan.Zero, now);
        if (trim is null)
            return false;

        long before = _state!.BytesUsed;
        return await TryWriteAsync(trim) && _state.BytesUsed < before;
    }

    private void Announce(GroupNotice notice, DeviceId except)
    {
        foreach (DeviceState device in _state!.Devices)
        {
            if (!device.IsRevoked && device.Stored.Device != except)
                _ = AnnounceAsync(device.Stored.Device, notice);
        }
    }

    private async Task AnnounceAsync(DeviceId device, GroupNotice notice)
    {
        try
        {
            await DeviceGrain(device).NotifyGroupAsync(notice, CancellationToken.None);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A notice is a hint, as with the head.
            AnnouncementFailed(logger, exception.GetType().Name);
        }
    }

    private IDeviceGrain DeviceGrain(DeviceId device) => GrainFactory.GetGrain<IDeviceGrain>(GrainKeys.Device(_group, device));

    [LoggerMessage(EventId = 111, Level = LogLevel.Debug, Message = "A group notice was dropped: {Error}")]
    private static partial void AnnouncementFailed(ILogger logger, string error);
}
