using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Transport;

/// <summary>Answers each request, a stream's whole input, with 64 bytes. What a unidirectional stream brings is read and dropped.</summary>
internal sealed class EchoListener : IAsyncDisposable
{
    public const string Alpn = "zks/bench";

    private const int ReplyBytes = 64;
    private const int RequestBytes = 512;
    private const int ReadBytes = 256 << 10;
    private readonly X509Certificate2 _certificate;
    private readonly TransportListener _listener;
    private readonly Task _serving;

    private EchoListener(X509Certificate2 certificate, TransportListener listener)
    {
        _certificate = certificate;
        _listener = listener;
        _serving = ServeAsync();
    }

    public System.Net.IPEndPoint Address => _listener.LocalEndPoint;

    public ListenerStatistics Statistics => _listener.Statistics;

    /// <param name="isGuarded">Whether the limits against a crowd from one address are the usual ones.</param>
    public static async Task<EchoListener> StartAsync(ITransport transport, CancellationToken cancellationToken, bool isGuarded = false)
    {
#pragma warning disable RS0030 // A measurement runs on real time.
        X509Certificate2 certificate = SelfSignedCertificate.Create(TimeProvider.System);
#pragma warning restore RS0030
        TransportListener listener = await transport.ListenAsync(
            new TransportListenerOptions
            {
                Alpn = Alpn,
                Certificate = certificate,
                MaxInboundBidirectionalStreams = 1024,
                // Every peer is this machine: the limits that guard against a crowd from one address would measure themselves.
                MaxHalfOpenPerAddress = isGuarded ? 256 : 1000,
                RetryAtHalfOpen = isGuarded ? 200 : 1000,
                HandshakesPerAddressPerSecond = isGuarded ? 200 : 1_000_000,
                IdleTimeout = TimeSpan.FromMinutes(5),
                StreamWindowBytes = 8 << 20,
                ConnectionWindowBytes = 16 << 20,
            },
            cancellationToken);
        return new EchoListener(certificate, listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _serving;
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        while (await _listener.AcceptAsync() is { } connection)
            _ = ServeAsync(connection);
    }

    private static async Task ServeAsync(TransportConnection connection)
    {
        while (await connection.AcceptStreamAsync() is { } stream)
            _ = ServeAsync(stream);
    }

    private static async Task ServeAsync(TransportStream stream)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(RequestBytes);
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and int count)
            {
                // More than a request is a transfer: nobody takes one in pieces of that size.
                if (count == buffer.Length && buffer.Length < ReadBytes)
                {
                    System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
                    buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(ReadBytes);
                }
            }

            if (stream.CanWrite)
                await stream.WriteAsync(buffer.AsMemory(0, ReplyBytes), endStream: true);
        }
        catch (TransportException)
        {
            // The client is done measuring and gone.
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
