using System.Diagnostics;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Transport;

/// <summary>256 bytes to the listener and 64 back, a new stream for each.</summary>
internal static class Requests
{
    private const int RequestBytes = 256;
    private static readonly byte[] Request = new byte[RequestBytes];

    public static async ValueTask SendAsync(TransportConnection connection, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, cancellationToken);
        await stream.WriteAsync(Request, endStream: true, cancellationToken);
        while (await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }

    /// <summary>Keeps a shape's requests in flight for a while.</summary>
    public static async Task<long> RunAsync(RequestShape shape, IReadOnlyList<TransportConnection> connections, TimeSpan length)
    {
        long count = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(connections.SelectMany(connection => Enumerable.Range(0, shape.InFlight).Select(_ => Task.Run(async () =>
        {
            byte[] buffer = new byte[512];
            long own = 0;
            while (watch.Elapsed < length)
            {
                await SendAsync(connection, buffer, CancellationToken.None);
                own++;
            }

            Interlocked.Add(ref count, own);
        }))));
        return count;
    }

    /// <returns>Each request's time in microseconds.</returns>
    public static async Task<double[]> TimeAsync(TransportConnection connection, int count)
    {
        byte[] buffer = new byte[512];
        double[] times = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await SendAsync(connection, buffer, CancellationToken.None);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return times;
    }
}
