using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

/// <summary>A subscription before a log that grows at any moment, and whose notices come late, twice, or with others.</summary>
public sealed class SubscriptionFeedTests
{
    private static readonly int Runs = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") == "1" ? 20_000 : 400;

    [Fact]
    public void S_CONC_02_Run_RowsCommittedAtAnyMoment_ComeOnceAndInOrder()
    {
        bool isChosen = int.TryParse(Environment.GetEnvironmentVariable("ZKS_SEED"), CultureInfo.InvariantCulture, out int chosen);
        int first = isChosen ? chosen : RandomNumberGenerator.GetInt32(int.MaxValue - Runs);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ZKS_SEED={first}"));
        for (int seed = first; seed < first + (isChosen ? 1 : Runs); seed++)
        {
            var story = new Story(seed);
            new ShuffledContext(seed).Run(story.RunAsync);
        }
    }

    [Fact]
    public async Task Run_NoPage_EndsWithWhatCameInstead()
    {
        var resync = new ReadResyncRequired { OldestCursor = new Cursor(5), HeadCursor = new Cursor(9) };
        var feed = new SubscriptionFeed((_, _) => Task.FromResult<ReadResult>(resync), (_, _) => Task.CompletedTask, new Signal());

        Assert.Same(resync, await feed.RunAsync(new Cursor(1), CancellationToken.None));
    }

    private sealed class Story(int seed)
    {
        private const ulong RowsMax = 30;

        private readonly Random _random = new(seed);
        private readonly Signal _moved = new();
        private readonly List<ulong> _received = [];
        private readonly CancellationTokenSource _level = new();
        private ulong _head;
        private int _pages;

        public async Task RunAsync()
        {
            ulong after = (ulong)_random.Next(3);
            _head = after + (ulong)_random.Next(5);
            ulong end = after + RowsMax;
            Task writing = WriteAsync(end);
            var feed = new SubscriptionFeed(ReadAsync, (page, _) => SendAsync(page, end), _moved);
            Assert.True(await Record.ExceptionAsync(() => feed.RunAsync(new Cursor(after), _level.Token)) is OperationCanceledException or null);
            await writing;

            var expected = Enumerable.Range(0, (int)RowsMax).Select(i => after + 1 + (ulong)i).Where(IsOthers);
            Assert.Equal(expected, _received);
            Assert.True(_pages > 0);
        }

        // Every third row is the reader's own.
        private static bool IsOthers(ulong cursor) => cursor % 3 != 0;

        private async Task WriteAsync(ulong end)
        {
            while (_head < end)
            {
                await YieldAsync();
                _head += Math.Min((ulong)_random.Next(1, 4), end - _head);
                // The notice comes after the commit, at some time; one notice may stand for several commits.
                if (_random.Next(3) != 0)
                {
                    await YieldAsync();
                    _moved.Fire();
                }
            }

            _moved.Fire();
        }

        private async Task<ReadResult> ReadAsync(Cursor after, CancellationToken cancellationToken)
        {
            await YieldAsync();
            ulong head = _head;
            ulong through = Math.Min(head, after.Value + (ulong)_random.Next(1, 6));
            await YieldAsync();
            return new ReadPage
            {
                Entries = [.. Enumerable.Range(0, (int)(through - after.Value)).Select(i => after.Value + 1 + (ulong)i).Where(IsOthers).Select(Row)],
                ThroughCursor = new Cursor(through),
                HasMore = through < head,
                OldestCursor = new Cursor(1),
                HeadCursor = new Cursor(head),
            };
        }

        private async Task SendAsync(ReadPage page, ulong end)
        {
            await YieldAsync();
            _pages++;
            _received.AddRange(page.Entries.Select(entry => entry.Cursor.Value));
            if (page.ThroughCursor.Value == end)
                await _level.CancelAsync();
        }

        private async Task YieldAsync()
        {
            for (int i = _random.Next(3); i > 0; i--)
                await Task.Yield();
        }

        private static PageEntry Row(ulong cursor) => new()
        {
            Cursor = new Cursor(cursor),
            State = EntryState.Blob,
            Sender = default,
            BlobId = default,
            KeyEpoch = default,
            FirstSeq = new Sequence(cursor),
            SenderSeq = new Sequence(cursor),
            TimestampMs = 0,
            Envelope = ReadOnlyMemory<byte>.Empty,
        };
    }
}
