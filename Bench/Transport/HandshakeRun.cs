using System.Diagnostics;
using System.Net;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Transport;

/// <summary>Connections opened and closed as fast as they come.</summary>
internal static class HandshakeRun
{
    public static TransportConnectOptions Options(IPEndPoint address) => new()
    {
        Alpn = EchoListener.Alpn,
        RemoteEndPoints = [address],
        IdleTimeout = TimeSpan.FromMinutes(5),
        StreamSendBufferBytes = 8 << 20,
        ConnectionSendBufferBytes = 16 << 20,
    };

    public static async Task<long> RunAsync(ITransport transport, IPEndPoint address, int atOnce, TimeSpan length)
    {
        long count = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < length)
            {
                await using TransportConnection connection = await transport.ConnectAsync(Options(address));
                Interlocked.Increment(ref count);
            }
        })));
        return count;
    }
}
