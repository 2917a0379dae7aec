using System.Globalization;
using System.Net;
using System.Reflection;
using ZeroKSync.Bench.Relay;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.Sessions;

/// <summary>A real relay as a process of its own, so that what it holds can be seen from outside: sessions, descriptors, memory, and what it logged.</summary>
public sealed class RelayUnderTest : IAsyncLifetime
{
    // The longest a peer that says nothing is kept, so that a run ends soon.
    private const string Configuration = """{ "Gateway": { "OpenDeadline": "00:00:02" } }""";
    private const string SessionsGauge = "zks_gateway_sessions{} ";

    // What the relay says where a session ended by a bug.
    private const string BugInTheLog = "A session failed";

    private readonly TempDirectory _folder = new();
    private readonly HttpClient _http = new();
    private RelayProcess _process = null!;

    public RelayId Id => _process.Address.RelayId;

    public IPEndPoint Quic => IPEndPoint.Parse(_process.Address.HostAndPort);

    public IPEndPoint WebSocket => IPEndPoint.Parse(_process.WebSocket);

    public async ValueTask InitializeAsync()
    {
        string file = _folder.Sub("relay.json");
        await File.WriteAllTextAsync(file, Configuration, Bounded.Token());
        string program = typeof(RelayUnderTest).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Relay").Value!;
        _process = await RelayProcess.StartAsync(program, _folder.Sub("data"), _folder.Sub("log"), port: 0, "bench", Bounded.Token(), file);
    }

    public int Descriptors => _process.Descriptors;

    public long ResidentBytes => _process.ResidentBytes;

    public async Task<int> SessionsAsync()
    {
        string text = await _http.GetStringAsync(new Uri($"http://{_process.Http}/metrics"), Bounded.Token());
        string? line = text.Split('\n').FirstOrDefault(line => line.StartsWith(SessionsGauge, StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.AsSpan(SessionsGauge.Length), CultureInfo.InvariantCulture);
    }

    /// <summary>Until it has so many sessions and no more.</summary>
    public async Task SettleAsync(int sessions)
    {
        CancellationToken bound = Bounded.Token();
        int now;
        while ((now = await SessionsAsync()) != sessions)
        {
            if (bound.IsCancellationRequested)
                throw new BrokenPromiseException($"the relay has {now} sessions, and {sessions} peers");
        }
    }

    /// <summary>Throws where a session ended by anything but its peer's doing.</summary>
    public async Task CheckLogAsync()
    {
        await using var log = new FileStream(_folder.Sub("log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(log);
        string text = await reader.ReadToEndAsync(Bounded.Token());
        int at = text.IndexOf(BugInTheLog, StringComparison.Ordinal);
        if (at >= 0)
            throw new BrokenPromiseException(text[at..Math.Min(text.Length, at + 2_000)]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
