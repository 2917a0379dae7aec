using StackExchange.Redis;

namespace ZeroKSync.Bench.Relay;

/// <summary>XREAD BLOCK on a connection of its own.</summary>
internal sealed class RedisFollower(ConnectionMultiplexer connection, RedisKey key, RedisValue last) : IFollower
{
    private RedisValue _last = last;
    private int _unread;

    public async Task ReadNextAsync(CancellationToken cancellationToken)
    {
        while (_unread == 0)
        {
            // [[key, [[id, [field, value]]*]]]
            RedisResult answer = await connection.GetDatabase().ExecuteAsync("XREAD", "COUNT", 100, "BLOCK", 30_000, "STREAMS", key, _last);
            if (answer.IsNull)
                continue;

            RedisResult entries = answer[0][1];
            _unread = entries.Length;
            _last = (RedisValue)entries[entries.Length - 1][0];
        }

        _unread--;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
