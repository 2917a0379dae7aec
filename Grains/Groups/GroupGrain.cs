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
    // A write that background work overtook is decided again, on what is stored then; nothing overtakes that often in a row.
    private const int DecideAttempts = 4;

    private readonly GroupOptions _options = options.Value;
    private GroupId _group;
    private GroupState? _state;
    private HeadNotifier? _notifier;
    private ulong _trimmedMs;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!GrainKeys.TryParseGroup(this.GetPrimaryKeyString(), out _group))
            throw new InvalidOperationException("The key of a group's grain is a group id.");

        _notifier = new HeadNotifier(_group, GrainFactory, clock, logger);
        await LoadAsync(cancellationToken);
    }

    public Task<HelloResult> HelloAsync(HelloCommand command, CancellationToken cancellationToken) => DecideAsync<HelloResult>(
        async now =>
        {
            RelayEpoch fresh = RelayEpoch.Read(RandomNumberGenerator.GetBytes(RelayEpoch.Size));
            HelloDecision decision = HelloRules.Decide(_group, _state, command, fresh, _options, now);
            if (decision.Refusal is { } refusal)
                return new HelloRefused { Refusal = refusal };

            if (!await TryRecordAsync(decision))
                return null;

            if (decision.Joined is { } joined)
                Announce(joined, except: command.Device);

            if (decision.Write is { } write)
                AnnounceRevoked(write.Devices, command.Device, now);

            WelcomeState welcome = HelloRules.Welcome(_state!, command.Device, _options);
            return decision.IsRestricted ? new Restricted { State = welcome } : new Welcomed { State = welcome };
        },
        refusal => new HelloRefused { Refusal = refusal });

    public Task<AppendResult> AppendAsync(AppendBatch batch, CancellationToken cancellationToken) => GrainSpans.RunAsync("zks.group.append", () => DecideAsync(
        async now =>
        {
            if (_state is null)
                return new AppendResult { Receipts = [], Refusal = Refusals.Of(RefusalReason.NotAdmitted) };

            AppendDecision decision = AppendRules.Decide(_state, batch, _options, now);
            LogWriteResult? result = await AppendAsync(decision);
            if (result is LogQuotaExceeded)
            {
                // Not all of it fits: the part that does, after everything that may go has gone.
                if (!await TryMakeRoomAsync(now))
                    return null;

                decision = AppendRules.Decide(_state, batch, _options, now, isRoomMade: true);
                result = await AppendAsync(decision);
            }

            if (result is null)
                return new AppendResult { Receipts = AppendRules.Receipts(decision, written: null), Refusal = decision.Refusal };

            if (result is not LogWritten written)
                return null;

            LogAppend append = decision.Append!;
            _state.Apply(append, written);
            _notifier!.HeadMoved(_state.Devices, batch, written.Head, append.Entries.Length, decision.Bytes);
            return new AppendResult
            {
                Receipts = AppendRules.Receipts(decision, written),
                Refusal = decision.Refusal,
                Stored = new StoredRows { HeadCursor = written.Head, OldestCursor = written.Oldest, Readers = _state.Members },
            };
        },
        refusal => new AppendResult { Receipts = [], Refusal = refusal }));

    public Task<ReadResult> ReadAsync(ReadQuery query, CancellationToken cancellationToken) =>
        GrainSpans.RunAsync("zks.group.read", () => ReadRowsAsync(query, cancellationToken));

    private async Task<ReadResult> ReadRowsAsync(ReadQuery query, CancellationToken cancellationToken)
    {
        LeaveNothing();
        // Interleaves with everything: of the state it looks, once and before it waits, at whether the reader may read.
        if (ReadRules.Refuse(_state, query) is { } refusal && (refusal.Reason == RefusalReason.DeviceRevoked || !await IsMemberAsync(query.Reader, cancellationToken)))
            return new ReadRefused { Refusal = refusal };

        try
        {
            LogPage? page = await log.ReadAsync(ReadRules.Query(_group, query, _options, clock.NowMs), cancellationToken);
            return page is null
                ? new ReadRefused { Refusal = Refusals.Of(RefusalReason.NotAdmitted) }
                : ReadRules.Answer(query, page);
        }
        catch (StorageException exception) when (exception.Kind == StorageErrorKind.Overloaded)
        {
            return new ReadRefused { Refusal = Refusals.Of(RefusalReason.Overloaded) };
        }
    }

    public Task<CommandResult> AcknowledgeAsync(AcknowledgeCommand command, CancellationToken cancellationToken) => DecideAsync<CommandResult>(
        async now =>
        {
            if (_state is null)
                return Refusals.Command(RefusalReason.NotAdmitted);

            bool mayTrim = now >= _trimmedMs + (ulong)_options.TrimInterval.TotalMilliseconds || now < _trimmedMs;
            (GroupWrite? write, Refusal? refusal) = DeliveryRules.Acknowledge(_state, command, _options, now, mayTrim);
            if (refusal is not null)
                return new CommandRefused { Refusal = refusal };

            if (write is null)
                return new CommandDone();

            if (!await TryWriteAsync(write))
                return null;

            _trimmedMs = write.Trim is null ? _trimmedMs : now;
            return new CommandDone();
        },
        refusal => new CommandRefused { Refusal = refusal });

    public async Task<DeviceListResult> ListDevicesAsync(CancellationToken cancellationToken)
    {
        LeaveNothing();
        if (_state is null)
            return new DeviceListResult { Devices = [], Refusal = Refusals.Of(RefusalReason.NotAdmitted) };

        DeviceState[] members = [.. _state.Devices.Where(device => !device.IsRevoked).OrderBy(device => device.Stored.Device.Value)];
        GroupState state = _state;
        bool[] online = await Task.WhenAll(members.Select(member => IsOnlineAsync(member.Stored.Device, cancellationToken)));
        return new DeviceListResult
        {
            Devices = [.. members.Select((member, i) => new DeviceListing
            {
                Device = member.Stored.Device,
                DeviceCard = member.Stored.Card,
                FirstSeenMs = member.Stored.FirstSeenMs,
                LastSeenMs = member.Stored.LastSeenMs,
                AckedCursor = member.Acked,
                Pending = state.PendingOf(member),
                Online = online[i],
            })],
        };
    }

    // Null from the attempt is a lost write. What is stored then says whose work it lost to: background work's is decided again; another
    // activation's is the group now, and the caller's next call finds that one. An answer that no write has confirmed is worth as much as the
    // state it was decided on, and a wrong one costs a client more than a look.
    private async Task<T> DecideAsync<T>(Func<ulong, Task<T?>> attempt, Func<Refusal, T> refuse)
        where T : class
    {
        try
        {
            for (int i = 0; i < DecideAttempts; i++)
            {
                long? version = _state?.Version;
                T? answer = await attempt(clock.NowMs);
                bool isConfirmed = version is null || _state?.Version != version;
                if (answer is not null && isConfirmed)
                {
                    LeaveNothing();
                    return answer;
                }

                // A refusal or a repeat costs a look at one row, not the group with all its devices.
                if (answer is not null && version is not null && await log.ReadVersionAsync(_group, CancellationToken.None) == version)
                    return answer;

                bool isAnothers = await IsAnothersAsync();
                if (isAnothers)
                    DeactivateOnIdle();

                if (answer is not null && !isAnothers)
                    return answer;

                if (answer is null && isAnothers)
                    break;
            }
        }
        catch (StorageException exception) when (exception.Kind == StorageErrorKind.Full)
        {
            // Nothing was written, and that much is known; so it is when storage takes no more work.
            return refuse(Refusals.Of(RefusalReason.StorageFull));
        }
        catch (StorageException exception) when (exception.Kind == StorageErrorKind.Overloaded)
        {
            return refuse(Refusals.Of(RefusalReason.Overloaded));
        }
        catch (StorageException)
        {
            // Whether it was written is unknown, so the state is: the next call begins with what is stored.
            DeactivateOnIdle();
            throw;
        }

        DeactivateOnIdle();
        return refuse(Refusals.Of(RefusalReason.Unavailable));
    }

    // An id that names no group must leave nothing behind, nor be remembered as one once another activation has made it.
    private void LeaveNothing()
    {
        if (_state is null)
            DeactivateOnIdle();
    }

    // Whom the gateway let in and this activation does not know was let in by another one.
    private async Task<bool> IsMemberAsync(DeviceId device, CancellationToken cancellationToken)
    {
        StoredGroup? stored = await log.LoadAsync(_group, cancellationToken);
        bool isMember = stored?.Devices.Any(known => known.Device == device && known.Revoked is null) == true;
        if (isMember)
            DeactivateOnIdle();

        return isMember;
    }

    private async Task<bool> IsAnothersAsync()
    {
        GroupState? mine = _state;
        StoredGroup? stored = await log.LoadAsync(_group, CancellationToken.None);
        _state = stored is null ? null : new GroupState(stored);
        return mine is null != stored is null || (stored is not null && FenceRules.IsAnothers(mine!, stored));
    }

    private async Task<bool> IsOnlineAsync(DeviceId device, CancellationToken cancellationToken)
    {
        try
        {
            return await DeviceGrain(device).IsOnlineAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            // One device's grain that cannot be reached must not hide the others.
            return false;
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        StoredGroup? stored = await log.LoadAsync(_group, cancellationToken);
        _state = stored is null ? null : new GroupState(stored);
    }

    private async Task<bool> TryRecordAsync(HelloDecision decision)
    {
        if (decision.Create is not { } created)
            return await TryWriteAsync(decision.Write!);

        if (await log.CreateAsync(created, CancellationToken.None) is not LogWritten)
            return false;

        _state = new GroupState(created);
        return true;
    }

    private async Task<bool> TryWriteAsync(GroupWrite write)
    {
        if (await log.WriteAsync(write, CancellationToken.None) is not LogWritten written)
            return false;

        _state!.Apply(write, written);
        return true;
    }

    // Null where there is nothing to store. Not cancelled: once it is with storage, only storage knows what became of it.
    private async Task<LogWriteResult?> AppendAsync(AppendDecision decision) =>
        decision.Append is { } append ? await log.AppendAsync(append, CancellationToken.None) : null;

    // True also where nothing may go. False is a lost write.
    private async Task<bool> TryMakeRoomAsync(ulong now) =>
        DeliveryRules.Trim(_state!, _options, TimeSpan.Zero, now) is not { } trim || await TryWriteAsync(trim);

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
