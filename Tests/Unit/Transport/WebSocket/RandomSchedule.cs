using System.Collections.Concurrent;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.Transport.WebSocket;

/// <summary>A seeded run of a client that writes and a listener that reads, messages moving in the order the seed makes; some streams are reset.</summary>
internal sealed class RandomSchedule(int seed)
{
    private const int Streams = 24;
    private const int BytesMax = 20_000;
    private const int ResetCode = 77;

    private readonly Random _random = new(seed);
    private readonly MultiplexerPair _pair = new();

    // The readers go on on the thread pool's threads while streams are opened here.
    private readonly ConcurrentDictionary<long, int> _lengths = new();
    private readonly List<WebSocketStream> _toReset = [];
    private readonly List<Task> _readers = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (_readers.Count < Streams || !_readers.TrueForAll(reader => reader.IsCompleted))
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (_random.Next(6))
            {
                case 0:
                    Open();
                    break;
                case 1 when _pair.Listener.Accept() is { } stream:
                    _readers.Add(ReadAsync(stream, cancellationToken));
                    break;
                case 2 when _toReset.Count > 0:
                    _toReset[0].AbortWrite(ResetCode);
                    _toReset.RemoveAt(0);
                    break;
                case 3:
                    _pair.Move(_pair.Client, _pair.Listener);
                    break;
                case 4:
                    _pair.Move(_pair.Listener, _pair.Client);
                    break;
                default:
                    await Task.Yield();
                    break;
            }
        }

        await Task.WhenAll(_readers);
        Assert.True(_pair.Client.IsFlushed, $"seed {seed}");
    }

    // Byte i of a stream is a function of its id and i.
    private static byte At(long id, int index) => (byte)(((id * 31) + index) & 0xff);

    private void Open()
    {
        if (_lengths.Count == Streams)
            return;

        WebSocketStream? stream;
        WaitingOpen? waiting;
        lock (_pair.Client.Gate)
            stream = _pair.Client.Open(StreamDirection.Bidirectional, out waiting);

        if (stream is null)
        {
            Assert.True(_pair.Client.TryCancel(StreamDirection.Bidirectional, waiting!));
            return;
        }

        byte[] data = new byte[_random.Next(BytesMax)];
        for (int i = 0; i < data.Length; i++)
            data[i] = At(stream.Id, i);

        bool isReset = _random.Next(5) == 0;
        MultiplexerPair.Write(stream, data, isEnd: !isReset);
        _lengths[stream.Id] = isReset ? -1 : data.Length;
        if (isReset)
            _toReset.Add(stream);
    }

    private async Task ReadAsync(WebSocketStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 + _random.Next(3000)];
        int total = 0;
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and int count)
            {
                for (int i = 0; i < count; i++)
                    Assert.True(buffer[i] == At(stream.Id, total + i), $"seed {seed}: stream {stream.Id}, byte {total + i}");

                total += count;
            }

            Assert.True(_lengths[stream.Id] == total, $"seed {seed}: stream {stream.Id} ended after {total} bytes");
        }
        catch (TransportException exception)
        {
            Assert.Equal((TransportErrorKind.StreamReset, (long?)ResetCode, -1), (exception.Kind, exception.ApplicationCode, _lengths[stream.Id]));
        }

        await stream.DisposeAsync();
    }
}
