using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using System.Threading.Channels;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;

/// <summary>See <see cref="SimulatedLibrary"/>.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class SimulatedListener(
    SimulatedLibrary library, IPEndPoint localEndPoint, QuicListenerOptions options, Func<IQuicConnection, QuicServerConnectionOptions> admit) : IQuicListener
{
    private readonly Channel<(SimulatedConnection? Connection, Exception? Failure)> _results =
        Channel.CreateBounded<(SimulatedConnection?, Exception?)>(options.ListenBacklog);

    private int _pending;

    public IPEndPoint LocalEndPoint => localEndPoint;

    public QuicListenerOptions Options => options;

    public async ValueTask<IQuicConnection> AcceptAsync()
    {
        try
        {
            (SimulatedConnection? connection, Exception? failure) = await _results.Reader.ReadAsync();
            Interlocked.Decrement(ref _pending);
            return connection ?? throw failure!;
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SimulatedListener));
        }
    }

    public async Task<(SimulatedConnection Connection, QuicServerConnectionOptions Options)> BeginAsync(IPEndPoint client)
    {
        if (Interlocked.Increment(ref _pending) > options.ListenBacklog)
        {
            Interlocked.Decrement(ref _pending);
            throw SimulatedErrors.Of(QuicError.ConnectionRefused);
        }

        var newcomer = new SimulatedConnection(library, client, isServer: true);
        try
        {
            return (newcomer, await Task.Run(() => admit(newcomer)));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Failed(SimulatedErrors.Of(QuicError.CallbackError));
            throw SimulatedErrors.UserCanceled();
        }
    }

    public void Finished(SimulatedConnection connection) => _results.Writer.TryWrite((connection, null));

    public void Failed(Exception failure) => _results.Writer.TryWrite((null, failure));

    public ValueTask DisposeAsync()
    {
        library.Forget(this);
        _results.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}
