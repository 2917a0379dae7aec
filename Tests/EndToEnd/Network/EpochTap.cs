using System.Buffers.Binary;
using System.Collections.Concurrent;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.TestKit.Network;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Network;

/// <summary>Reads off the streams of a client which key epoch each of its sealed frames names. It counts on whole frames in each write, as the SDK writes them.</summary>
internal sealed class EpochTap(ITransport engine) : PassingTransport(engine)
{
    // The first and the third message of the session's first handshake.
    private const int UnsealedFrames = 2;

    private readonly ConcurrentBag<Tapped> _streams = [];
    private int _connections;
    private int _epoch;

    /// <summary>Connections made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The newest epoch any frame has named.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>For each stream that had several epochs: whether none came again. One may be left out by a stream that waited for its turn to write.</summary>
    public IEnumerable<bool> InOrder => _streams.Where(stream => stream.Epochs.Count > 1).Select(stream => stream.IsInOrder);

    protected override void Connected() => Interlocked.Increment(ref _connections);

    protected override TransportStream Opened(TransportStream stream)
    {
        var tapped = new Tapped(this, stream);
        _streams.Add(tapped);
        return tapped;
    }

    private void See(int epoch)
    {
        int seen;
        while ((seen = Epoch) < epoch && Interlocked.CompareExchange(ref _epoch, epoch, seen) != seen)
        {
        }
    }

    private sealed class Tapped(EpochTap owner, TransportStream inner) : PassingStream(inner)
    {
        private int _unsealed = inner.Id == 0 ? UnsealedFrames : 0;

        public List<int> Epochs { get; } = [];

        public bool IsInOrder { get; private set; } = true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool endStream = false, CancellationToken cancellationToken = default)
        {
            for (ReadOnlySpan<byte> rest = data.Span; !rest.IsEmpty; rest = rest[(FrameHeader.Size + (int)BinaryPrimitives.ReadUInt32BigEndian(rest))..])
            {
                if (_unsealed-- <= 0)
                    See(rest[FrameHeader.Size]);
            }

            return base.WriteAsync(data, endStream, cancellationToken);
        }

        private void See(int epoch)
        {
            if (Epochs.Count == 0 || Epochs[^1] != epoch)
            {
                IsInOrder &= Epochs.Count == 0 || epoch > Epochs[^1];
                Epochs.Add(epoch);
            }

            owner.See(epoch);
        }
    }
}
