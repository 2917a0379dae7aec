using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace ZeroKSync.Bench.Relay;

/// <summary>Redis streams: XADD, XREAD BLOCK, XRANGE; every write synced before it is answered.</summary>
internal sealed class RedisContestant : IContestant
{
    private const string Executable = "redis-server";
    private const int FillInFlight = 512;
    private const int PageEntries = 1000;
    private static readonly string[] Durability = ["--appendonly", "yes", "--appendfsync", "always", "--save", string.Empty, "--auto-aof-rewrite-percentage", "0"];

    private readonly string _folder;
    private ServerProcess _server;
    private ConnectionMultiplexer _connection;
    private int _port;

    private RedisContestant(string folder, ServerProcess server, ConnectionMultiplexer connection, int port)
    {
        _folder = folder;
        _server = server;
        _connection = connection;
        _port = port;
    }

    public string Name => "redis";

    public string Settings => $"TCP on loopback, {string.Join(' ', Durability.Select(word => word.Length == 0 ? "\"\"" : word))}, StackExchange.Redis on one connection";

    public TimeSpan ProcessorTime => ProcessTree.ProcessorTime(_server.Id);

    public long MemoryBytes => ProcessTree.MemoryBytes(_server.Id);

    public static async Task<RedisContestant> StartAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        (ServerProcess server, int port) = await StartServerAsync(folder, cancellationToken);
        return new RedisContestant(folder, server, await ConnectAsync(port), port);
    }

    public Task<IAppender> OpenAppenderAsync(int log, CancellationToken cancellationToken)
    {
        IDatabase database = _connection.GetDatabase();
        RedisKey key = Key(log);
        return Task.FromResult<IAppender>(new TaskAppender(() => database.StreamAddAsync(key, "b", Payload.Body)));
    }

    public async Task<IFollower> FollowAsync(int log, CancellationToken cancellationToken) =>
        // A connection of its own: XREAD BLOCK holds up what is sent after it.
        new RedisFollower(await ConnectAsync(_port), Key(log), (await NewestAsync(log, 1)).Select(entry => entry.Id).FirstOrDefault("0-0"));

    public async Task<CatchUp> CatchUpAsync(int log, int count, CancellationToken cancellationToken)
    {
        IDatabase database = _connection.GetDatabase();
        RedisValue from = (await NewestAsync(log, count)).Last().Id;
        int blobs = 0;
        long bytes = 0;
        var watch = Stopwatch.StartNew();
        while (blobs < count)
        {
            StreamEntry[] page = await database.StreamRangeAsync(Key(log), from, "+", PageEntries);
            blobs += page.Length;
            bytes += page.Sum(entry => entry.Values[0].Value.Length());
            from = "(" + page[^1].Id;
        }

        return new CatchUp(blobs, bytes, watch.Elapsed);
    }

    public async Task FillAsync(int log, int count, CancellationToken cancellationToken)
    {
        await using IAppender appender = await OpenAppenderAsync(log, cancellationToken);
        await appender.RunAsync(AppendRun.Of(FillInFlight, count), cancellationToken);
    }

    public async Task<IAsyncDisposable> OpenIdleAsync(int log, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port), cancellationToken);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"XREAD BLOCK 0 STREAMS log-{log} $\r\n")), SocketFlags.None, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async Task<TimeSpan> RestartAsync(int log, CancellationToken cancellationToken)
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
        var watch = Stopwatch.StartNew();
        (_server, _port) = await StartServerAsync(_folder, cancellationToken);
        _connection = await ConnectAsync(_port);
        await NewestAsync(log, 1);
        return watch.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static RedisKey Key(int log) => string.Create(CultureInfo.InvariantCulture, $"log-{log}");

    private static async Task<(ServerProcess Server, int Port)> StartServerAsync(string folder, CancellationToken cancellationToken)
    {
        for (int tries = 0; tries < FreePort.TriesMax; tries++)
        {
            int port = FreePort.Find();
            string[] command = [Executable, "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder, "--daemonize", "no", .. Durability];
            if (await ServerProcess.StartAsync(command, "Ready to accept connections", Path.Combine(folder, "redis.log"), cancellationToken) is { } server)
                return (server, port);
        }

        throw new InvalidOperationException("Redis did not start; its log says why.");
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(int port) => ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
    {
        EndPoints = { { "127.0.0.1", port } },
        Protocol = RedisProtocol.Resp2,
        // A blocking read may wait as long as it likes.
        AsyncTimeout = int.MaxValue / 2,
        SyncTimeout = 60_000,
    });

    private Task<StreamEntry[]> NewestAsync(int log, int count) => _connection.GetDatabase().StreamRangeAsync(Key(log), "-", "+", count, Order.Descending);
}
