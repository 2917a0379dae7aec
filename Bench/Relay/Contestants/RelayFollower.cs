using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Bench.Relay;

/// <summary>A subscription.</summary>
internal sealed class RelayFollower(RelaySession session, RelayStream stream) : IFollower
{
    private int _unread;

    public async Task ReadNextAsync(CancellationToken cancellationToken)
    {
        while (_unread == 0)
            _unread = (await stream.ReceiveAsync<PullResponse>(cancellationToken)).Entries.Count;

        _unread--;
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await session.DisposeAsync();
    }
}
