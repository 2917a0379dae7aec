using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>Rows that are found damaged, and devices that bring their blobs back.</summary>
internal sealed partial class GroupStory
{
    // As whoever verifies the log beside the group does.
    private async Task CorruptAsync()
    {
        ulong[] sound = [.. Enumerable.Range(0, _model.Rows.Count).Select(i => (ulong)i + 1).Where(cursor => cursor >= _model.Oldest && _model.Row(cursor).FreedMs is null)];
        if (sound.Length == 0)
            return;

        ulong cursor = Pick(sound);
        Tell($"{cursor} is damaged");
        _log.Next = LogFault.None;
        StoredGroup stored = (await _log.LoadAsync(_group, CancellationToken.None))!;
        var mark = new LogMark { Group = _group, ExpectedVersion = stored.Version, Cursor = new Cursor(cursor), State = EntryState.Corrupt, NowMs = Now };
        Assert.IsType<LogWritten>(await _log.MarkAsync(mark, CancellationToken.None));
        _model.Row(cursor).IsCorrupt = true;
        _model.Row(cursor).FreedMs = Now;
    }

    private async Task RefillAsync()
    {
        ulong[] damaged = [.. Enumerable.Range(0, _model.Rows.Count).Select(i => (ulong)i + 1).Where(cursor => _model.Row(cursor).IsCorrupt)];
        if (_model.Head == 0)
            return;

        ulong cursor = damaged.Length > 0 && _random.Next(4) > 0 ? Pick(damaged) : (ulong)_random.NextInt64((long)_model.Head) + 1;
        ModelRow row = _model.Row(cursor);
        DeviceId from = Pick(_ids);
        // What it brings is sealed: it may be anything of the right form.
        byte[] envelope = Bytes(_random.Next(8) == 0 ? 1501 : _random.Next(EnvelopeHeader.Size, 1000));
        new EnvelopeHeader(row.Entry.KeyEpoch, row.Entry.FirstSeq, default).Write(envelope);
        bool isOther = _random.Next(8) == 0;
        var command = new RefillCommand
        {
            From = from,
            Cursor = new Cursor(cursor),
            Sender = row.Sender,
            SenderSeq = row.Entry.SenderSeq,
            BlobId = isOther ? BlobId.Read(Bytes(BlobId.Size)) : row.Entry.BlobId,
            Envelope = envelope,
        };
        Tell($"{Name(from)} refills {cursor}");
        bool mayRepeat = _log.Next == LogFault.AfterRecord;
        CommandResult result = await AskAsync(group => group.RefillAsync(command, CancellationToken.None), answer => (answer as CommandRefused)?.Refusal.Reason);
        RefusalReason? expected = OutsiderOf(from) switch
        {
            { } outsider => outsider,
            _ when envelope.Length > _options.BlobBytesMax => RefusalReason.BlobTooLarge,
            _ when isOther || cursor < _model.Oldest || row.IsDeleted || (!row.IsCorrupt && (row.FreedMs is not null || row.ExpiresMs <= Now)) => RefusalReason.BlobNotFound,
            _ => null,
        };
        // What was brought back after its time is gone again when it is asked for once more.
        bool isGone = mayRepeat && expected is null && row.IsCorrupt && row.ExpiresMs <= Now;
        Assert.Equal(isGone ? RefusalReason.BlobNotFound : expected, (result as CommandRefused)?.Refusal.Reason);
        if (expected is not null || !row.IsCorrupt)
            return;

        row.IsCorrupt = false;
        row.FreedMs = null;
        row.Entry = row.Entry with { Envelope = envelope };
    }
}
