using System.Net;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Transport;

namespace ZeroKSync.TestKit.Protocol;

/// <summary>Two sessions that keep to the protocol while others do not: what the one pushes the other is sent, byte for byte.</summary>
public sealed class Bystanders : IAsyncDisposable
{
    /// <summary>Sessions they are.</summary>
    public const int Count = 2;

    private readonly RawGroup _group = new();
    private RawSession _writer = null!;
    private RawSession _reader = null!;
    private RawStream _pushing = null!;
    private RawStream _reading = null!;
    private ulong _sequence;

    private Bystanders()
    {
    }

    public static async Task<Bystanders> JoinAsync(ITransport transport, IPEndPoint relay, RelayId id)
    {
        var pair = new Bystanders { _writer = await RawSession.ConnectAsync(transport, relay, id), _reader = await RawSession.ConnectAsync(transport, relay, id) };
        await pair._writer.Session.AskAsync<Hello, Welcome>(pair._group.Hello(pair._writer, create: true));
        await pair._reader.Session.AskAsync<Hello, Welcome>(pair._group.Hello(pair._reader));
        pair._pushing = await pair._writer.OpenAsync();
        pair._reading = await pair._reader.OpenAsync();
        await pair._reading.AskAsync<Subscribe, PullResponse>(new Subscribe(default));
        return pair;
    }

    /// <summary>One blob, pushed, sent to the subscriber and pulled.</summary>
    /// <exception cref="InvalidOperationException">Any of it was not exact.</exception>
    public async Task ExchangeAsync()
    {
        Push push = RawBlobs.Make(++_sequence);
        Task<PullResponse> page = _reading.ReceiveAsync<PullResponse>();
        PushAck ack = await _pushing.AskAsync<Push, PushAck>(push);
        PullEntry entry = (await page).Entries.Single();
        RawStream pulling = await _reader.OpenAsync();
        await pulling.SendAsync(new Pull(new Cursor(_sequence - 1), 0, 0, Own: false), endStream: true);
        PullEntry pulled = (await pulling.ReceiveAsync<PullResponse>()).Entries.Single();
        bool isExact = ack.Cursor.Value == _sequence && !ack.Duplicate && IsExact(entry, push) && IsExact(pulled, push);
        if (!isExact)
            throw new InvalidOperationException("a session that keeps to the protocol was answered wrongly");
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _reader.DisposeAsync();
        _group.Dispose();
    }

    private bool IsExact(PullEntry entry, Push push) =>
        entry.Cursor.Value == _sequence && entry.SenderId == _writer.Device && entry.BlobId == push.BlobId && entry.Envelope.GetValueOrDefault().Span.SequenceEqual(push.Envelope.Span);
}
