using ZeroKSync.Client;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Relay;

/// <summary>A welcomed and subscribed session of a group of its own, over which nothing goes.</summary>
internal sealed class IdleRelaySession : IAsyncDisposable
{
    private readonly RelayGroup _group = new();
    private RelaySession? _session;
    private RelayStream? _stream;

    public async Task OpenAsync(ITransport transport, RelayAddress relay, CancellationToken cancellationToken)
    {
        using var member = new RelayMember(_group);
        _session = await member.ConnectAsync(transport, relay, create: true, cancellationToken);
        _stream = await _session.OpenStreamAsync(cancellationToken);
        await _stream.SendAsync(new Subscribe(default), endStream: true, cancellationToken);
        await _stream.ReceiveAsync<PullResponse>(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is { } stream)
            await stream.DisposeAsync();

        if (_session is { } session)
            await session.DisposeAsync();

        _group.Dispose();
    }
}
