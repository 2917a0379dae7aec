using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Relay;

/// <summary>
/// This relay, over QUIC on loopback, with sealed frames: the whole of the product but the SDK's own store. A log is a group with two devices,
/// one that pushes and one that reads.
/// </summary>
internal sealed class RelayContestant : IContestant
{
    private const int FillInFlight = 512;
    // An epoch of a session's keys ends the session at 2^21 frames, and a push has one.
    private const int PushesPerSession = 500_000;

    private readonly string _executable;
    private readonly string _folder;
    private readonly ITransport _transport = TransportEngines.Create();
    private readonly HttpClient _http = new();
    private readonly Dictionary<int, RelayLog> _logs = [];
    private readonly PostgresServer? _database;
    private RelayProcess _relay;

    private RelayContestant(string executable, string folder, RelayProcess relay, PostgresServer? database)
    {
        _executable = executable;
        _folder = folder;
        _relay = relay;
        _database = database;
    }

    public string Name => _database is null ? Field.OnSqlite : Field.OnPostgres;

    public string Settings => _database is null
        ? "QUIC on loopback, SQLite in WAL with synchronous=FULL, preset bench"
        : $"QUIC on loopback, PostgreSQL of its own over TCP on loopback with {string.Join(' ', PostgresServer.Settings)}, preset bench";

    public TimeSpan ProcessorTime => _relay.ProcessorTime + (_database is { } server ? ProcessTree.ProcessorTime(server.Id) : TimeSpan.Zero);

    public long MemoryBytes => ProcessTree.MemoryBytes(_relay.Id) + (_database is { } server ? ProcessTree.MemoryBytes(server.Id) : 0);

    public int ProcessId => _relay.Id;

    /// <summary>A relay on SQLite.</summary>
    /// <param name="executable">zks-relay.</param>
    /// <param name="folder">An empty one on the disk that is measured.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RelayContestant> StartAsync(string executable, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        return new RelayContestant(executable, folder, await StartProcessAsync(executable, folder, cancellationToken), database: null);
    }

    /// <summary>A relay with a PostgreSQL server of its own, whose processes count as the relay's.</summary>
    /// <param name="executable">zks-relay.</param>
    /// <param name="folder">An empty one on the disk that is measured.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RelayContestant> StartOnPostgresAsync(string executable, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        PostgresServer server = await PostgresServer.StartAsync(Path.Combine(folder, "postgres"), cancellationToken);
        try
        {
            string configuration = JsonSerializer.Serialize(new { Storage = new { ConnectionString = $"Host=127.0.0.1;Port={server.Port};Username={PostgresServer.User};Database=postgres" } });
            await File.WriteAllTextAsync(ConfigurationFile(folder), configuration, cancellationToken);
            return new RelayContestant(executable, folder, await StartProcessAsync(executable, folder, cancellationToken), server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task<IAppender> OpenAppenderAsync(int log, CancellationToken cancellationToken) => await OpenAppenderAsync(log, ttlSeconds: 0, cancellationToken);

    /// <param name="log">Any number.</param>
    /// <param name="ttlSeconds">How long the blobs live; 0 for the relay's default.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RelayAppender> OpenAppenderAsync(int log, uint ttlSeconds, CancellationToken cancellationToken)
    {
        RelaySession session = await OpenLog(log).Writer.ConnectAsync(_transport, _relay.Address, create: true, cancellationToken);
        return new RelayAppender(session, await session.OpenStreamAsync(cancellationToken), ttlSeconds);
    }

    public async Task<IFollower> FollowAsync(int log, CancellationToken cancellationToken)
    {
        RelaySession session = await OpenReaderAsync(log, cancellationToken);
        RelayStream stream = await session.OpenStreamAsync(cancellationToken);
        await stream.SendAsync(new Subscribe(session.Welcome.HeadCursor), endStream: true, cancellationToken);
        // The first page is sent even if it is empty: the subscription stands.
        await stream.ReceiveAsync<PullResponse>(cancellationToken);
        return new RelayFollower(session, stream);
    }

    public async Task<CatchUp> CatchUpAsync(int log, int count, CancellationToken cancellationToken)
    {
        await using RelaySession session = await OpenReaderAsync(log, cancellationToken);
        await using RelayStream stream = await session.OpenStreamAsync(cancellationToken);
        ulong head = session.Welcome.HeadCursor.Value;
        ulong through = head - (ulong)count;
        int blobs = 0;
        long bytes = 0;
        var watch = Stopwatch.StartNew();
        await stream.SendAsync(new Subscribe(new Cursor(through)), endStream: true, cancellationToken);
        while (through < head)
        {
            PullResponse page = await stream.ReceiveAsync<PullResponse>(cancellationToken);
            blobs += page.Entries.Count;
            bytes += page.Entries.Sum(entry => entry.Envelope?.Length ?? 0);
            through = page.ThroughCursor.Value;
        }

        return new CatchUp(blobs, bytes, watch.Elapsed);
    }

    public async Task FillAsync(int log, int count, CancellationToken cancellationToken)
    {
        for (int left = count; left > 0; left -= PushesPerSession)
        {
            await using IAppender appender = await OpenAppenderAsync(log, cancellationToken);
            await appender.RunAsync(AppendRun.Of(FillInFlight, Math.Min(left, PushesPerSession)), cancellationToken);
        }
    }

    // Each of a group of its own, as the customers of a relay are.
    public async Task<IAsyncDisposable> OpenIdleAsync(int log, CancellationToken cancellationToken)
    {
        var idle = new IdleRelaySession();
        await idle.OpenAsync(_transport, _relay.Address, cancellationToken);
        return idle;
    }

    public async Task<TimeSpan> RestartAsync(int log, CancellationToken cancellationToken)
    {
        await _relay.DisposeAsync();
        var watch = Stopwatch.StartNew();
        _relay = await StartProcessAsync(_executable, _folder, cancellationToken);
        await using RelaySession session = await OpenReaderAsync(log, cancellationToken);
        await using RelayStream stream = await session.OpenStreamAsync(cancellationToken);
        await stream.SendAsync(new Pull(new Cursor(session.Welcome.HeadCursor.Value - 1), 0, 0, Own: false), endStream: true, cancellationToken);
        PullResponse page = await stream.ReceiveAsync<PullResponse>(cancellationToken);
        TimeSpan elapsed = watch.Elapsed;
        return page.Entries is [{ State: PullEntryState.Blob }] ? elapsed : throw new InvalidOperationException("The last blob is not there after a restart.");
    }

    /// <summary>A counter of the relay's metrics; 0 where it has counted nothing yet.</summary>
    /// <param name="name">As Prometheus has it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long> CountAsync(string name, CancellationToken cancellationToken)
    {
        string metrics = await _http.GetStringAsync(new Uri($"http://{_relay.Http}/metrics"), cancellationToken);
        string? sample = metrics.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length).StartsWith("{"));
        return sample is null ? 0 : (long)double.Parse(sample.AsSpan(sample.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _transport.DisposeAsync();
        await _relay.DisposeAsync();
        if (_database is { } server)
            await server.DisposeAsync();

        foreach (RelayLog log in _logs.Values)
            log.Dispose();
    }

    private static string ConfigurationFile(string folder) => Path.Combine(folder, "relay.json");

    private static Task<RelayProcess> StartProcessAsync(string executable, string folder, CancellationToken cancellationToken) =>
        RelayProcess.StartAsync(executable, Path.Combine(folder, "data"), Path.Combine(folder, "relay.log"), port: 0, "bench", cancellationToken, File.Exists(ConfigurationFile(folder)) ? ConfigurationFile(folder) : null);

    private Task<RelaySession> OpenReaderAsync(int log, CancellationToken cancellationToken) =>
        OpenLog(log).Reader.ConnectAsync(_transport, _relay.Address, create: false, cancellationToken);

    private RelayLog OpenLog(int log)
    {
        if (!_logs.TryGetValue(log, out RelayLog? found))
            _logs.Add(log, found = new RelayLog());

        return found;
    }
}
