using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Interop;

/// <summary>Does what a stream's first byte asks for, as quiche/peer.mjs does at its end.</summary>
internal sealed class InteropServer(TransportConnection connection)
{
    private const int WriteCode = 9;
    private readonly TaskCompletionSource<(TransportErrorKind Kind, long? Code)> _reset = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How the first stream that the peer gave up showed here.</summary>
    public Task<(TransportErrorKind Kind, long? Code)> Reset => _reset.Task;

    public async Task ServeAsync()
    {
        var serving = new List<Task>();
        while (await connection.AcceptStreamAsync(Bounded.Token()) is { } stream)
            serving.Add(Task.Run(() => ServeAsync(stream)));

        await Task.WhenAll(serving);
    }

    public static async Task<byte[]> ReadAllAsync(TransportStream stream)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[16_384];
        while (await stream.ReadAsync(buffer, Bounded.Token()) is > 0 and int count)
            all.Write(buffer, 0, count);

        return all.ToArray();
    }

    private async Task ServeAsync(TransportStream stream)
    {
        await using TransportStream owned = stream;
        try
        {
            if (!stream.CanWrite)
            {
                byte[] bytes = await ReadAllAsync(stream);
                TransportStream answer = await connection.OpenStreamAsync(StreamDirection.Unidirectional, Bounded.Token());
                await answer.WriteAsync(bytes, endStream: true, Bounded.Token());
                return;
            }

            byte[] wish = new byte[1];
            await stream.ReadAsync(wish, Bounded.Token());
            if (wish[0] == (byte)'R')
            {
                stream.AbortWrite(WriteCode);
                await ReadAllAsync(stream);
                return;
            }

            byte[] buffer = new byte[16_384];
            while (await stream.ReadAsync(buffer, Bounded.Token()) is > 0 and int count)
                await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken: Bounded.Token());

            await stream.WriteAsync(default, endStream: true, Bounded.Token());
        }
        catch (TransportException exception) when (exception.Kind is TransportErrorKind.StreamReset or TransportErrorKind.StreamStopped)
        {
            _reset.TrySetResult((exception.Kind, exception.ApplicationCode));
        }
    }
}
