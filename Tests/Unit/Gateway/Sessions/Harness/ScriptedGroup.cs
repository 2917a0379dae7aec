using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;

/// <summary>A group that says yes and counts, unless a test says otherwise.</summary>
internal sealed class ScriptedGroup : IGroupGrain
{
    private ulong _head;

    /// <summary>What AppendAsync answers instead; null from it is the usual.</summary>
    public Func<AppendBatch, AppendResult?> OnAppend { get; set; } = _ => null;

    /// <summary>Where appends wait first; null lets them through.</summary>
    public Gate? AppendGate { get; set; }

    /// <summary>Batches that came.</summary>
    public int Appends { get; private set; }

    /// <summary>What ReadAsync answers.</summary>
    public Func<ReadQuery, ReadResult> OnRead { get; set; }

    /// <summary>HELLOs that came, oldest first.</summary>
    public List<HelloCommand> Hellos { get; } = [];

    public ScriptedGroup() => OnRead = query => new ReadPage
    {
        Entries = [],
        ThroughCursor = query.After,
        HasMore = false,
        OldestCursor = new Cursor(1),
        HeadCursor = new Cursor(_head),
    };

    public Task<HelloResult> HelloAsync(HelloCommand command, CancellationToken cancellationToken)
    {
        lock (Hellos)
            Hellos.Add(command);

        return Task.FromResult<HelloResult>(new Welcomed
        {
            State = new WelcomeState
            {
                RelayEpoch = default,
                GroupKeyEpoch = default,
                LastStatement = default,
                OldestCursor = new Cursor(1),
                HeadCursor = new Cursor(_head),
                AckedCursor = default,
                Pending = 0,
                LastSeq = default,
                LastLink = default,
                BlobBytesMax = Limits.EnvelopeBytes,
                GroupBytesMax = 1 << 20,
                GroupBytesUsed = 0,
                PageBytesMax = Limits.PageBytes,
            },
        });
    }

    public async Task<AppendResult> AppendAsync(AppendBatch batch, CancellationToken cancellationToken)
    {
        Appends++;
        if (AppendGate is { } gate)
            await gate.PassAsync(cancellationToken);

        return OnAppend(batch) ?? new AppendResult
        {
            Receipts = [.. batch.Entries.Select(_ => new AppendReceipt { Cursor = new Cursor(++_head), TimestampMs = 1, Duplicate = false })],
        };
    }

    public Task<ReadResult> ReadAsync(ReadQuery query, CancellationToken cancellationToken) => Task.FromResult(OnRead(query));

    public Task<CommandResult> AcknowledgeAsync(AcknowledgeCommand command, CancellationToken cancellationToken) => Task.FromResult<CommandResult>(new CommandDone());

    public Task<CommandResult> RefillAsync(RefillCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CommandResult> DeleteAsync(DeleteCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CommandResult> RevokeDeviceAsync(RevokeDeviceCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<DeviceListResult> ListDevicesAsync(CancellationToken cancellationToken) => Task.FromResult(new DeviceListResult { Devices = ImmutableArray<DeviceListing>.Empty });

    public Task<CommandResult> RotateKeyAsync(RotateKeyCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RotationsResult> GetRotationsAsync(RotationsQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();
}
