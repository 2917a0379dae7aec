using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Bench.Relay;

/// <summary>The push stream of a session.</summary>
internal sealed class RelayAppender : IAppender
{
    // What sealing adds to a payload: the envelope's header and its tag.
    private const int EnvelopeBytes = EnvelopeHeader.Size + Payload.Bytes + 16;

    private readonly RelaySession _session;
    private readonly RelayStream _stream;
    private readonly uint _ttlSeconds;
    private readonly byte[] _envelope = RandomNumberGenerator.GetBytes(EnvelopeBytes);
    private readonly byte[] _blobId = RandomNumberGenerator.GetBytes(BlobId.Size);
    private ulong _sequence;

    public RelayAppender(RelaySession session, RelayStream stream, uint ttlSeconds)
    {
        _session = session;
        _stream = stream;
        _ttlSeconds = ttlSeconds;
        _sequence = session.Welcome.LastSeq.Value;
    }

    public async Task RunAsync(AppendRun run, CancellationToken cancellationToken)
    {
        var begun = new Queue<long>(run.InFlight);
        while (true)
        {
            while (begun.Count < run.InFlight && run.TryBegin(out long now))
            {
                _stream.Append(NextPush());
                begun.Enqueue(now);
            }

            if (begun.Count == 0)
                return;

            await _stream.FlushAsync(endStream: false, cancellationToken);
            await _stream.FillAsync(cancellationToken);
            while (_stream.TryReceive(out ReadOnlyMemory<byte> answer))
            {
                if (RelayStream.Decode<PushAck>(answer).Duplicate)
                    throw new InvalidOperationException("A new blob was answered as a repeat.");

                run.End(begun.Dequeue());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _session.DisposeAsync();
    }

    // Encoding copies, so one envelope does for all.
    private Protocol.Messages.Push NextPush()
    {
        _sequence++;
        new EnvelopeHeader(default, new Sequence(_sequence), default).Write(_envelope);
        BinaryPrimitives.WriteUInt64LittleEndian(_blobId, _sequence);
        return new Protocol.Messages.Push(BlobId.Read(_blobId), default, new Sequence(_sequence), new Sequence(_sequence), _ttlSeconds, _envelope);
    }
}
