using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>Pushes, acknowledgements and reads.</summary>
internal sealed partial class GroupStory
{
    private async Task PushAsync()
    {
        DeviceId id = Pick(_ids);
        ModelDevice? sender = _model.Find(id);
        AppendEntry[] entries = MakeEntries(sender);
        Tell($"{Name(id)} pushes {string.Join(' ', entries.Select(entry => $"{entry.FirstSeq.Value}-{entry.SenderSeq.Value}@{entry.KeyEpoch.Value}"))}");
        bool mayRepeat = _log.Next == LogFault.AfterRecord;
        AppendResult result = await AskAsync(group => group.AppendAsync(new AppendBatch { Sender = id, Entries = [.. entries] }, CancellationToken.None), answer => answer.Refusal?.Reason);
        if (sender is null || sender.Revoked is not null)
        {
            Assert.Empty(result.Receipts);
            Assert.Equal(sender is null ? RefusalReason.NotAdmitted : RefusalReason.DeviceRevoked, result.Refusal?.Reason);
            return;
        }

        int answered = 0;
        foreach (AppendEntry entry in entries)
        {
            bool isRepeat = sender.Accepted.TryGetValue(entry.SenderSeq.Value, out ulong cursor) && _model.Row(cursor).Entry.BlobId == entry.BlobId;
            if (!isRepeat && _model.Check(sender, entry, Now) is { } refusal)
            {
                Assert.Equal(refusal.Reason, result.Refusal?.Reason);
                Assert.Equal(refusal.Detail, result.Refusal!.Detail.Take(refusal.Detail.Length));
                Assert.Equal(answered, result.Receipts.Length);
                return;
            }

            if (!isRepeat)
            {
                _model.Store(sender, entry, Now);
                cursor = _model.Head;
            }

            AppendReceipt receipt = result.Receipts[answered++];
            Assert.Equal((cursor, _model.Row(cursor).StoredMs), (receipt.Cursor.Value, receipt.TimestampMs));
            Assert.True(receipt.Duplicate == isRepeat || mayRepeat, "duplicate");
        }

        Assert.Null(result.Refusal);
        Assert.Equal(entries.Length, result.Receipts.Length);
    }

    private AppendEntry[] MakeEntries(ModelDevice? sender)
    {
        ulong last = sender?.LastSeq ?? 0;
        var entries = new List<AppendEntry>();
        for (int count = _random.Next(1, 6); count > 0; count--)
        {
            AppendEntry entry = _random.Next(12) switch
            {
                0 when sender is { Accepted.Count: > 0 } => _model.Row(sender.Accepted.Values[_random.Next(sender.Accepted.Count)]).Entry,
                1 when entries.Count > 0 => entries[^1],
                2 => Entry(last + 2, last + 2),
                3 when last > 0 => Entry(last, last),
                4 => Entry(last + 1, last + (ulong)_random.Next(2, 5)),
                5 => Entry(last + 1, last + 1, keyEpoch: (uint)_random.Next(3)),
                6 => Entry(last + 1, last + 1, bytes: 1501),
                _ => Entry(last + 1, last + 1),
            };
            entries.Add(entry);
            last = Math.Max(last, entry.SenderSeq.Value);
        }

        return [.. entries];
    }

    private AppendEntry Entry(ulong first, ulong seq, uint? keyEpoch = null, int? bytes = null)
    {
        var epoch = new KeyEpoch(keyEpoch ?? (uint)_model.Chain.Count);
        byte[] envelope = Bytes(bytes ?? _random.Next(EnvelopeHeader.Size, 1000));
        new EnvelopeHeader(epoch, new Sequence(first), default).Write(envelope);
        return new AppendEntry
        {
            BlobId = BlobId.Read(Bytes(BlobId.Size)),
            KeyEpoch = epoch,
            FirstSeq = new Sequence(first),
            SenderSeq = new Sequence(seq),
            TtlSeconds = Pick(0u, 60u, 3600u, 1_000_000u),
            Envelope = envelope,
        };
    }

    private async Task AcknowledgeAsync()
    {
        DeviceId id = Pick(_ids);
        ulong cursor = (ulong)_random.NextInt64((long)_model.Head + 2);
        Tell($"{Name(id)} acknowledges {cursor} of {_model.Head}");
        CommandResult result = await AskAsync(
            group => group.AcknowledgeAsync(new AcknowledgeCommand { Device = id, Cursor = new Cursor(cursor) }, CancellationToken.None),
            answer => (answer as CommandRefused)?.Refusal.Reason);
        RefusalReason? expected = _model.Find(id) switch
        {
            null => RefusalReason.NotAdmitted,
            { Revoked: not null } => RefusalReason.DeviceRevoked,
            _ when cursor > _model.Head => RefusalReason.InvalidMessage,
            _ => null,
        };
        Assert.Equal(expected, (result as CommandRefused)?.Refusal.Reason);
        if (expected is not null || cursor <= _model.Find(id)!.Acked)
            return;

        _model.Find(id)!.Acked = cursor;
        // An acknowledgement that says something new trims all that may go with it.
        ulong oldest = _model.OldestAfterTrim(Now, _options.DeliveredRetention);
        Assert.InRange((await _log.GetStatisticsAsync(_group, CancellationToken.None))!.Oldest.Value, oldest, ulong.MaxValue);
    }

    private async Task ReadAsync()
    {
        DeviceId id = Pick(_ids);
        ulong after = _random.Next(4) == 0 ? 0 : (ulong)_random.NextInt64((long)_model.Head + 3);
        var query = new ReadQuery { Reader = id, After = new Cursor(after), CountMax = _random.Next(1, 8), BytesMax = _random.Next(500, 4000), Own = _random.Next(3) == 0 };
        Tell($"{Name(id)} reads after {after}");
        ReadResult result = await AskAsync(group => group.ReadAsync(query, CancellationToken.None), answer => (answer as ReadRefused)?.Refusal.Reason, isRead: true);
        if (_model.Find(id) is not { Revoked: null } reader)
        {
            Assert.IsType<ReadRefused>(result);
            return;
        }

        if (after > _model.Head || (after > 0 && after + 1 < _model.Oldest))
        {
            ReadResyncRequired resync = Assert.IsType<ReadResyncRequired>(result);
            Assert.Equal((_model.Oldest, _model.Head), (resync.OldestCursor.Value, resync.HeadCursor.Value));
            return;
        }

        ReadPage page = Assert.IsType<ReadPage>(result);
        Assert.Equal((_model.Oldest, _model.Head), (page.OldestCursor.Value, page.HeadCursor.Value));
        Assert.Equal(page.ThroughCursor.Value < _model.Head, page.HasMore);
        Assert.InRange(page.ThroughCursor.Value, after == _model.Head ? after : after + 1, _model.Head);
        Assert.InRange(page.Entries.Length, 0, query.CountMax);
        Assert.True(page.Entries.Length < 2 || page.Entries.Sum(entry => entry.Envelope?.Length ?? 0) <= query.BytesMax, "bytes");
        // A damaged row is shown to its sender too: who it was is in doubt, and it may bring the blob back.
        var expected = Enumerable.Range(0, _model.Rows.Count).Select(i => (ulong)i + 1)
            .Where(cursor => cursor > after && cursor >= _model.Oldest && cursor <= page.ThroughCursor.Value && (query.Own || _model.Row(cursor).IsCorrupt || _model.Row(cursor).Sender != reader.Id));
        Assert.Equal(expected, page.Entries.Select(entry => entry.Cursor.Value));
        Assert.All(page.Entries, CheckEntry);
    }

    private void CheckEntry(PageEntry entry)
    {
        ModelRow row = _model.Row(entry.Cursor.Value);
        bool hasBlob = row.FreedMs is null && row.ExpiresMs > Now;
        Assert.Equal((row.Sender, row.Entry.BlobId, row.Entry.FirstSeq, row.Entry.SenderSeq, row.StoredMs), (entry.Sender, entry.BlobId, entry.FirstSeq, entry.SenderSeq, entry.TimestampMs));
        Assert.Equal(hasBlob ? EntryState.Blob : row.IsDeleted ? EntryState.Deleted : row.IsCorrupt ? EntryState.Corrupt : EntryState.Expired, entry.State);
        Assert.Equal(row.IsDeleted, entry.Proof is not null);
        Assert.Equal(hasBlob ? row.Entry.Envelope.ToArray() : null, entry.Envelope?.ToArray());
    }

    private async Task DeleteAsync()
    {
        if (_model.Head == 0)
            return;

        ulong cursor = (ulong)_random.NextInt64((long)_model.Head) + 1;
        ModelRow row = _model.Row(cursor);
        DeviceId id = _random.Next(4) == 0 ? Pick(_ids) : row.Sender;
        var epoch = new KeyEpoch((uint)(_random.Next(6) == 0 ? 7 : _model.Chain.Count));
        bool isForced = _random.Next(2) == 0;
        Tell($"{Name(id)} deletes {cursor}{(isForced ? " by force" : "")}");
        var command = new DeleteCommand
        {
            Device = id,
            BlobId = row.Entry.BlobId,
            Cursor = new Cursor(cursor),
            SenderSeq = row.Entry.SenderSeq,
            KeyEpoch = epoch,
            Proof = DeleteProof.Sign(_seed, _group, epoch, id, row.Entry.SenderSeq, row.Entry.BlobId),
            Force = isForced,
        };
        CommandResult result = await AskAsync(group => group.DeleteAsync(command, CancellationToken.None), answer => (answer as CommandRefused)?.Refusal.Reason);
        RefusalReason? expected = _model.Find(id) switch
        {
            null => RefusalReason.NotAdmitted,
            { Revoked: not null } => RefusalReason.DeviceRevoked,
            _ when cursor < _model.Oldest => RefusalReason.BlobNotFound,
            _ when id != row.Sender => RefusalReason.NotBlobOwner,
            _ when row.IsDeleted => null,
            _ when epoch.Value != _model.Chain.Count => RefusalReason.StaleKeyEpoch,
            _ when !isForced && !_model.IsDelivered(cursor) => RefusalReason.InvalidMessage,
            _ => null,
        };
        Assert.Equal(expected, (result as CommandRefused)?.Refusal.Reason);
        if (expected is not null || row.IsDeleted)
            return;

        row.IsDeleted = true;
        row.IsCorrupt = false;
        row.FreedMs = Now;
    }

    private async Task ListAsync()
    {
        Tell("list");
        DeviceListResult list = await AskAsync(group => group.ListDevicesAsync(CancellationToken.None), answer => answer.Refusal?.Reason, isRead: true);
        if (!_model.Exists)
        {
            Assert.Equal(RefusalReason.NotAdmitted, list.Refusal?.Reason);
            return;
        }

        Assert.Equal(
            _model.Members.Select(device => (device.Id.ToHex(), device.Acked, _model.Pending(device))),
            list.Devices.Select(device => (device.Device.ToHex(), device.AckedCursor.Value, device.Pending)).OrderBy(device => device.Item1, StringComparer.Ordinal));
    }
}
