using System.Threading.Channels;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Rekey;

/// <summary>A stream of a session over memory. What is written lies on the road until the other end reads it, so a test says what arrives when.</summary>
internal sealed class MemoryPipe : FramePipe
{
    private readonly ChannelReader<byte[]> _incoming;
    private readonly ChannelWriter<byte[]> _outgoing;
    private byte[] _rest = [];

    private MemoryPipe(SessionStreams session, FrameSealer? sealer, FrameOpener? opener, ChannelReader<byte[]> incoming, ChannelWriter<byte[]> outgoing)
        : base(session, sealer, opener)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    /// <summary>A write ends with it, as behind a peer that does not read.</summary>
    public Task Holding { get; set; } = Task.CompletedTask;

    public CloseCode? AbortedWith { get; private set; }

    /// <summary>Whether this end has ended its direction.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>All that was ever written, write by write.</summary>
    public List<byte[]> Written { get; } = [];

    /// <summary>Both ends of a stream.</summary>
    public static (MemoryPipe Client, MemoryPipe Relay) Pair(SessionStreams client, SessionStreams relay, long streamId)
    {
        var up = Channel.CreateBounded<byte[]>(100_000);
        var down = Channel.CreateBounded<byte[]>(100_000);
        return (Create(client, streamId, down.Reader, up.Writer), Create(relay, streamId, up.Reader, down.Writer));
    }

    /// <summary>Puts bytes on the road as if they were this end's.</summary>
    public void Inject(byte[] bytes) => Assert.True(_outgoing.TryWrite(bytes));

    /// <summary>Takes what this end would read next off the road.</summary>
    public byte[] Intercept() => _incoming.TryRead(out byte[]? bytes) ? bytes : throw new InvalidOperationException("Nothing is on the road.");

    public bool HasIncoming => _incoming.TryPeek(out _);

    public override void Abort(CloseCode code) => AbortedWith ??= code;

    protected override async ValueTask<int> ReadBytesAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_rest.Length == 0)
        {
            if (!await _incoming.WaitToReadAsync(cancellationToken) || !_incoming.TryRead(out byte[]? next))
                return 0;

            _rest = next;
        }

        int count = Math.Min(buffer.Length, _rest.Length);
        _rest.AsSpan(0, count).CopyTo(buffer.Span);
        _rest = _rest[count..];
        return count;
    }

    protected override async ValueTask WriteBytesAsync(ReadOnlyMemory<byte> bytes, bool endStream, CancellationToken cancellationToken)
    {
        await Holding.WaitAsync(cancellationToken);
        if (!bytes.IsEmpty)
        {
            byte[] copy = bytes.ToArray();
            lock (Written)
                Written.Add(copy);

            Assert.True(_outgoing.TryWrite(copy));
        }

        if (!endStream)
            return;

        IsEnded = true;
        _outgoing.Complete();
    }

    protected override ValueTask CloseAsync() => ValueTask.CompletedTask;

    private static MemoryPipe Create(SessionStreams session, long streamId, ChannelReader<byte[]> incoming, ChannelWriter<byte[]> outgoing)
    {
        Assert.True(session.TryCreate(streamId, isWritten: true, isRead: true, out FrameSealer? sealer, out FrameOpener? opener));
        return new MemoryPipe(session, sealer, opener, incoming, outgoing);
    }
}
