using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// Who is admitted. The caller has verified the proof, the group id and the chain's signatures; here the chain is compared with the
/// stored one, and the device with the group's list.
/// </summary>
internal static class HelloRules
{
    public static HelloDecision Decide(GroupId group, GroupState? state, HelloCommand hello, RelayEpoch freshEpoch, GroupOptions options, ulong nowMs)
    {
        if (state is null)
            return DecideWithoutGroup(group, hello, freshEpoch, nowMs);

        DeviceState? known = state.Find(hello.Device);
        if (known is { IsRevoked: true })
            return HelloDecision.Refused(RefusalReason.DeviceRevoked);

        int common = CommonLength(state.Chain, hello.Chain);
        if (common < state.Chain.Length && common < hello.Chain.Length)
            return HelloDecision.Refused(RefusalReason.RotationFork);

        bool isAdvancing = hello.Chain.Length > state.Chain.Length;
        ImmutableArray<ChainStatement> chain = isAdvancing ? hello.Chain : state.Chain;
        if (RotationChains.Revokes(chain, hello.Device))
            return HelloDecision.Refused(RefusalReason.DeviceRevoked);

        if (hello.KeyEpoch.Value > chain.Length)
            return HelloDecision.Refused(RefusalReason.NotAdmitted);

        bool isBehind = hello.KeyEpoch.Value < chain.Length;
        if (known is null && isBehind)
            return HelloDecision.Refused(RefusalReason.NotAdmitted);

        int active = state.CountActive();
        if (known is null && active >= options.DevicesMax)
            return HelloDecision.Refused(RefusalReason.DeviceLimit, (ulong)active, (ulong)options.DevicesMax);

        StoredDevice device = Seen(known?.Stored ?? NewDevice(hello, nowMs), hello, state, isBehind, nowMs);
        ImmutableArray<StoredDevice> revoked = isAdvancing ? Revoked(state, hello.Chain.AsSpan()[state.Chain.Length..]) : [];
        return new HelloDecision
        {
            IsRestricted = isBehind,
            Write = new GroupWrite
            {
                Group = group,
                ExpectedVersion = state.Version,
                Devices = [device, .. revoked],
                Chain = isAdvancing ? chain : default,
                // Who proves the current epoch has its secret: the wraps that led there may go.
                Proved = isBehind || chain.IsEmpty ? [] : [new WrapsProved(hello.Device, new KeyEpoch((uint)chain.Length))],
            },
            Joined = known is null ? new DeviceJoinedNotice { Device = hello.Device, DeviceCard = hello.DeviceCard } : null,
        };
    }

    public static WelcomeState Welcome(GroupState state, DeviceId device, GroupOptions options)
    {
        DeviceState member = state.Find(device) ?? throw new InvalidOperationException("Only a device of the group is welcomed.");
        return new WelcomeState
        {
            RelayEpoch = state.RelayEpoch,
            GroupKeyEpoch = state.KeyEpoch,
            LastStatement = RotationChains.LastHash(state.Chain),
            OldestCursor = state.Oldest,
            HeadCursor = state.Head,
            AckedCursor = member.Acked,
            Pending = state.PendingOf(member),
            LastSeq = member.LastSeq,
            LastLink = member.LastLink,
            BlobBytesMax = (uint)options.BlobBytesMax,
            GroupBytesMax = (ulong)options.GroupBytesMax,
            GroupBytesUsed = (ulong)state.BytesUsed,
            PageBytesMax = (uint)options.PageBytesMax,
        };
    }

    private static HelloDecision DecideWithoutGroup(GroupId group, HelloCommand hello, RelayEpoch freshEpoch, ulong nowMs)
    {
        if (!hello.Create || hello.KeyEpoch.Value != hello.Chain.Length)
            return HelloDecision.Refused(RefusalReason.NotAdmitted);

        if (RotationChains.Revokes(hello.Chain, hello.Device))
            return HelloDecision.Refused(RefusalReason.DeviceRevoked);

        return new HelloDecision
        {
            Create = new StoredGroup
            {
                Group = group,
                Version = 1,
                RelayEpoch = freshEpoch,
                OriginKey = hello.OriginKey,
                Chain = hello.Chain,
                Oldest = new Cursor(1),
                Head = default,
                BytesUsed = 0,
                Devices = [NewDevice(hello, nowMs)],
            },
        };
    }

    private static StoredDevice NewDevice(HelloCommand hello, ulong nowMs) => new()
    {
        Device = hello.Device,
        Card = hello.DeviceCard,
        Acked = default,
        FirstSeenMs = nowMs,
        LastSeenMs = nowMs,
    };

    // A position of another life of the log says nothing about this one, so what it acknowledged does not count.
    // A card sealed under an old epoch must not replace the one that members of this epoch can open.
    private static StoredDevice Seen(StoredDevice device, HelloCommand hello, GroupState state, bool isBehind, ulong nowMs) => device with
    {
        Card = isBehind ? device.Card : hello.DeviceCard,
        Acked = hello.RelayEpoch == state.RelayEpoch ? device.Acked : default,
        LastSeenMs = nowMs,
    };

    private static ImmutableArray<StoredDevice> Revoked(GroupState state, ReadOnlySpan<ChainStatement> added)
    {
        var revoked = new Dictionary<DeviceId, StoredDevice>();
        foreach (ChainStatement statement in added)
        {
            foreach ((DeviceId device, RevocationReason reason) in RotationChains.ReadRevoked(statement.Statement.Span))
            {
                if (state.Find(device)?.Stored is { Revoked: null } known)
                    revoked[device] = known with { Revoked = reason };
            }
        }

        return [.. revoked.Values];
    }

    private static int CommonLength(ImmutableArray<ChainStatement> left, ImmutableArray<ChainStatement> right)
    {
        int length = 0;
        while (length < left.Length && length < right.Length && left[length].Statement.Span.SequenceEqual(right[length].Statement.Span))
            length++;

        return length;
    }
}
