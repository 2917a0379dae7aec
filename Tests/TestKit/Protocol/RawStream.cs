using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.TestKit.Protocol;

/// <summary>One stream of a <see cref="RawSession"/>.</summary>
public sealed class RawStream
{
    private readonly FrameSealer? _sealer;
    private readonly FrameOpener? _opener;
    private readonly FrameAccumulator _received = new();
    private byte[] _unread = [];

    public RawStream(TransportStream stream, SessionKeys keys)
    {
        Stream = stream;
        _sealer = stream.CanWrite ? keys.CreateSealer(stream.Id) : null;
        _opener = stream.CanRead ? keys.CreateOpener(stream.Id) : null;
    }

    public TransportStream Stream { get; }

    /// <summary>Frames received.</summary>
    public int Frames { get; private set; }

    /// <summary>The key epoch of the last frame received, -1 before the first.</summary>
    public int Epoch => _opener!.Epoch;

    public Task SendAsync<T>(T message, bool endStream = false)
        where T : class, IMessage<T> => SendBytesAsync(MessageCodec.Encode(message), endStream);

    /// <summary>Seals and sends anything.</summary>
    public async Task SendBytesAsync(byte[] message, bool endStream = false) => await Stream.WriteAsync(Seal(message), endStream, Bounded.Token());

    public byte[] Seal(byte[] message)
    {
        byte[] frame = new byte[FrameSealer.GetFrameSize(message.Length)];
        _sealer!.Seal(message, frame);
        return frame;
    }

    /// <summary>The next message's bytes, or null at the end.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        while (true)
        {
            if (_unread.Length > 0)
            {
                int length = MessageCodec.GetFirstLength(_unread);
                byte[] first = _unread[..length];
                _unread = _unread[length..];
                return first;
            }

            FrameReadStatus status = _received.TryRead(Limits.FrameBytes, out Memory<byte> frame);
            if (status == FrameReadStatus.Frame)
            {
                if (!_opener!.TryOpenInPlace(frame, out ReadOnlyMemory<byte> message))
                    throw new InvalidOperationException("A frame does not open.");

                Frames++;
                // Empty: it only moves its stream to new keys.
                _unread = message.ToArray();
                continue;
            }

            int count = await Stream.ReadAsync(_received.GetWritable(), Bounded.Token());
            if (count == 0)
                return null;

            _received.Advance(count);
        }
    }

    public async Task<T> ReceiveAsync<T>()
        where T : class, IMessage<T>
    {
        byte[] message = await ReceiveAsync() ?? throw new InvalidOperationException("The stream ended.");
        return MessageCodec.TryDecode(message, out T? decoded)
            ? decoded
            : throw new InvalidOperationException($"{typeof(T).Name} expected, {Describe(message)} received.");
    }

    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        await SendAsync(request);
        return await ReceiveAsync<TResponse>();
    }

    private static string Describe(byte[] message) => MessageCodec.TryDecode(message, out Error? error)
        ? $"ERROR {error.Reason}"
        : MessageCodec.TryReadCode(message, out MessageCode code) ? code.ToString() : "nonsense";
}
