using System.Globalization;
using System.Security.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

public abstract partial class BlobLogConformance
{
    private const int Stories = 4;
    private const int Steps = 60;

    private static readonly int[] EnvelopeSizes = [0, 1, 40, 300, 1024, 2_000, 20_000];

    /// <summary>Random appends, marks, refills, trims and expiry: after each of them the log is what a plain list would be.</summary>
    [Fact]
    public async Task Story_RandomWrites_LeaveWhatAListWouldHave()
    {
        bool isChosen = int.TryParse(Environment.GetEnvironmentVariable("ZKS_SEED"), CultureInfo.InvariantCulture, out int chosen);
        int first = isChosen ? chosen : RandomNumberGenerator.GetInt32(int.MaxValue / 2);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ZKS_SEED={first}"));
        int stories = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") is null ? Stories : 40 * Stories;
        for (int i = 0; i < stories; i++)
            await new Story(this, Group((byte)i), new Random(first + i)).RunAsync();
    }

    private sealed class Story(BlobLogConformance suite, GroupId group, Random random)
    {
        private readonly LogModel _model = new();
        private long _version;
        private ulong _now = Now;
        private ulong _seq;

        private IBlobLog Log => suite.Log;

        public async Task RunAsync()
        {
            _version = await suite.CreateAsync(group, Device(1), Device(2));
            for (int step = 0; step < Steps; step++)
            {
                await StepAsync();
                // Not after each: what nobody reads in between may be stored otherwise.
                if (random.Next(3) > 0)
                    await RequireAsync();
            }

            await RequireAsync();
            Assert.True((await Log.VerifyAsync(Token)).IsSound);
        }

        private Task StepAsync() => random.Next(11) switch
        {
            < 4 => AppendAsync(),
            4 => MarkAsync(Any(), EntryState.Deleted),
            5 => MarkAsync(Any(), EntryState.Corrupt),
            6 => RefillAsync(Any()),
            7 => TrimAsync(),
            8 => AppendWithRoomAsync(),
            9 => AppendOneByOneAsync(),
            _ => ExpireAsync(),
        };

        // Also one that is gone, or is not there yet.
        private int Any() => random.Next(Math.Max(1, _model.Oldest - 2), _model.Head + 2);

        private LogAppend MakeAppend()
        {
            LogAppend append = Append(group, _version, Device(1), _seq + 1, random.Next(3) == 0 ? 1 : random.Next(1, 90));
            ulong seq = _seq;
            ulong expires = _now + 1000;
            var entries = new List<LogEntry>();
            int size = EnvelopeSizes[random.Next(EnvelopeSizes.Length)];
            foreach (LogEntry entry in append.Entries)
            {
                if (random.Next(12) == 0)
                    expires = _now + (ulong)random.Next(1, 4) * 500;
                if (random.Next(12) == 0)
                    size = EnvelopeSizes[random.Next(EnvelopeSizes.Length)];

                byte[] envelope = new byte[size];
                random.NextBytes(envelope);
                ulong firstSeq = seq + 1;
                seq = firstSeq + (random.Next(20) == 0 ? 3UL : 0);
                entries.Add(entry with { FirstSeq = new Sequence(firstSeq), SenderSeq = new Sequence(seq), KeyEpoch = new KeyEpoch((uint)random.Next(30) / 29), ExpiresMs = expires, Envelope = envelope });
            }

            return append with { Entries = [.. entries], TimestampMs = Now };
        }

        private async Task AppendAsync()
        {
            LogAppend append = MakeAppend();
            Took(append, Assert.IsType<LogWritten>(await Log.AppendAsync(append, Token)));
        }

        private async Task AppendOneByOneAsync()
        {
            for (int left = random.Next(1, 150); left > 0; left--)
            {
                LogAppend append = MakeAppend();
                append = append with { Entries = [append.Entries[0]] };
                Took(append, Assert.IsType<LogWritten>(await Log.AppendAsync(append, Token)));
            }
        }

        // The quota lets it in only where the delivered prefix makes room, and takes no more of that than is needed.
        private async Task AppendWithRoomAsync()
        {
            LogAppend append = MakeAppend();
            long bytes = append.Entries.Sum(entry => (long)entry.Envelope.Length);
            long max = random.NextInt64(bytes, _model.Bytes + bytes + 1);
            int delivered = Any();
            LogWriteResult result = await Log.AppendAsync(append with { BytesMax = max, MakeRoom = Delivered((ulong)delivered) }, Token);

            long needed = _model.Bytes + bytes - max;
            for (int cursor = _model.Oldest; needed > 0 && cursor <= Math.Min(delivered, _model.Head); cursor++)
            {
                needed -= _model.BytesOf(cursor);
                if (needed <= 0)
                    _model.TrimThrough(cursor);
            }

            if (needed <= 0)
                Took(append, Assert.IsType<LogWritten>(result));
            else
                Assert.Equal(_model.Bytes, Assert.IsType<LogQuotaExceeded>(result).BytesUsed);
        }

        private void Took(LogAppend append, LogWritten written)
        {
            _version = written.Version;
            _seq = append.Entries[^1].SenderSeq.Value;
            _model.Append(append.Entries);
        }

        private async Task MarkAsync(int cursor, EntryState state)
        {
            LogWriteResult result = await Log.MarkAsync(Deletion(group, _version, (ulong)cursor) with { State = state, Proof = state == EntryState.Deleted ? new byte[64] : null }, Token);
            if (Require(result, _model.IsMarkable(cursor)))
                _model.Set(cursor, state);
        }

        private async Task RefillAsync(int cursor)
        {
            LogEntry entry = cursor <= _model.Head ? _model.Entry(cursor) : default;
            var refill = new LogRefill
            {
                Group = group,
                ExpectedVersion = _version,
                Cursor = new Cursor((ulong)cursor),
                Sender = Device(1),
                SenderSeq = entry.SenderSeq,
                BlobId = entry.BlobId,
                KeyEpoch = entry.KeyEpoch,
                FirstSeq = entry.FirstSeq,
                Envelope = entry.Envelope,
                NowMs = _now,
            };
            if (Require(await Log.RefillAsync(refill, Token), _model.IsCorrupt(cursor)))
                _model.Set(cursor, EntryState.Blob);
        }

        private bool Require(LogWriteResult result, bool isPossible)
        {
            if (!isPossible)
            {
                Assert.IsType<LogRowMismatch>(result);
                return false;
            }

            _version = Assert.IsType<LogWritten>(result).Version;
            return true;
        }

        private async Task TrimAsync()
        {
            int through = Any();
            _version = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = group, ExpectedVersion = _version, Trim = Delivered((ulong)through) }, Token)).Version;
            _model.TrimThrough(through);
        }

        private async Task ExpireAsync()
        {
            _now += (ulong)random.Next(1500);
            int expired = 0;
            while (await Log.ExpireAsync(_now, random.Next(1, 200), Token) is > 0 and int rows)
                expired += rows;

            // Of this group: those before it in the store have their time over at another one.
            Assert.InRange(_model.Expire(_now), 0, expired);
            _version = (await Log.LoadAsync(group, Token))!.Version;
        }

        private async Task RequireAsync()
        {
            StoredGroup stored = (await Log.LoadAsync(group, Token))!;
            Assert.Equal(((ulong)_model.Oldest, (ulong)_model.Head, _model.Bytes, _version), (stored.Oldest.Value, stored.Head.Value, stored.BytesUsed, stored.Version));

            ulong from = (ulong)random.Next(_model.Head + 1);
            var told = new List<string>();
            for (ulong after = from; after < (ulong)_model.Head;)
            {
                LogPage page = await suite.ReadAsync(Query(group, after) with { CountMax = random.Next(1, 100), BytesMax = random.Next(5_000, 500_000), NowMs = _now });
                told.AddRange(page.Entries.Select(LogModel.Describe));
                Assert.True(page.Through.Value > after);
                after = page.Through.Value;
            }

            Assert.Equal(_model.Read(from, _now), told);
            int one = random.Next(_model.Oldest, _model.Head + 2);
            PageEntry? found = await Log.FindAsync(group, new Cursor((ulong)one), _now, Token);
            Assert.Equal(one <= _model.Head, found is not null);
            if (found is not null)
                Assert.Equal(_model.Entry(one).BlobId, found.BlobId);
        }
    }
}
