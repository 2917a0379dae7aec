using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Unit.Session.Rekey;

namespace ZeroKSync.Tests.Unit.Session.Streams;

/// <summary>A stream is ended where it is, so that what is on its way arrives; but never inside a frame.</summary>
public sealed class StreamEndTests : IDisposable
{
    private readonly RekeyPair _pair = new();
    private readonly MemoryPipe _client;
    private readonly MemoryPipe _relay;

    public StreamEndTests() => (_client, _relay) = _pair.Open(streamId: 4);

    [Fact]
    public async Task EndWhereItIs_AnswersOnTheirWay_ArriveAndThenTheEnd()
    {
        _relay.Append(AckOf(1));
        await _relay.FlushAsync(endStream: false, Bounded.Token());

        await _relay.EndWhereItIsAsync(Bounded.Token());

        Assert.Equal(1UL, (await AckAsync())!.Cursor.Value);
        Assert.Null(await AckAsync());
    }

    [Fact]
    public async Task EndWhereItIs_NothingWritten_IsTheEnd()
    {
        await _relay.EndWhereItIsAsync(Bounded.Token());

        Assert.Null(await AckAsync());
    }

    [Fact]
    public async Task EndWhereItIs_AfterTheEnd_DoesNothing()
    {
        await _relay.FlushAsync(endStream: true, Bounded.Token());

        await _relay.EndWhereItIsAsync(Bounded.Token());

        Assert.Null(await AckAsync());
    }

    [Fact]
    public async Task EndWhereItIs_AfterAWriteThatWasCutShort_DoesNothing()
    {
        using var cut = new CancellationTokenSource();
        var held = new TaskCompletionSource();
        _relay.Holding = held.Task;
        _relay.Append(AckOf(1));
        Task writing = _relay.FlushAsync(endStream: false, cut.Token).AsTask();
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        held.SetResult();

        await _relay.EndWhereItIsAsync(Bounded.Token());

        Assert.False(_relay.IsEnded);

        // Nor once something else got through: half a frame lies before it.
        _relay.Append(AckOf(2));
        await _relay.FlushAsync(endStream: false, Bounded.Token());
        await _relay.EndWhereItIsAsync(Bounded.Token());

        Assert.False(_relay.IsEnded);
    }

    public void Dispose() => _pair.Dispose();

    private static PushAck AckOf(ulong cursor) => new(default, new Cursor(cursor), 0, Duplicate: false);

    private async Task<PushAck?> AckAsync() =>
        await RekeyPair.NextAsync(_client) is not { } message ? null
            : MessageCodec.TryDecode(message, out PushAck? ack) ? ack
            : throw new InvalidOperationException("Something else came.");
}
