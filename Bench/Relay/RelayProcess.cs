using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ZeroKSync.Client;
using ZeroKSync.Protocol;

namespace ZeroKSync.Bench.Relay;

/// <summary>A real relay as a child process on loopback. It is ended by its own id, and its output goes to a file beside its data.</summary>
public sealed partial class RelayProcess : IAsyncDisposable
{
    private const string ResidentLine = "VmRSS:";

    private readonly Process _process;
    private readonly Task _logging;
    private int _disposed;

    private RelayProcess(Process process, Task logging, RelayAddress address, string http, string webSocket, string? publicHttp)
    {
        _process = process;
        _logging = logging;
        Address = address;
        Http = http;
        WebSocket = webSocket;
        PublicHttp = publicHttp;
    }

    public RelayAddress Address { get; }

    /// <summary>host:port of health and metrics.</summary>
    public string Http { get; }

    /// <summary>host:port of the fallback, or <c>off</c>.</summary>
    public string WebSocket { get; }

    /// <summary>Of the process.</summary>
    public int Id => _process.Id;

    /// <summary>host:port of the page for everyone; null where it has none.</summary>
    public string? PublicHttp { get; }

    /// <summary>Files and sockets it has open.</summary>
    public int Descriptors => Directory.GetFileSystemEntries(InProc("fd")).Length;

    /// <summary>Bytes of memory it holds now.</summary>
    public long ResidentBytes
    {
        get
        {
            string line = File.ReadLines(InProc("status")).First(text => text.StartsWith(ResidentLine, StringComparison.Ordinal));
            return 1024 * long.Parse(line.AsSpan(ResidentLine.Length).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Memory it holds now.</summary>
    public long WorkingSetBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a relay and waits until it serves.</summary>
    /// <param name="port">0 takes a free one.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message has what it said.</exception>
    public static async Task<RelayProcess> StartAsync(string executable, string dataDirectory, string logFile, int port, string preset, CancellationToken cancellationToken, string? configurationFile = null, string webSocket = "same")
    {
        var start = new ProcessStartInfo(executable) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (ReadOnlySpan<string>)["run", "--data", dataDirectory, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--http", "127.0.0.1:0", "--preset", preset, "--websocket", webSocket])
            start.ArgumentList.Add(argument);

        if (configurationFile is not null)
        {
            start.ArgumentList.Add("--config");
            start.ArgumentList.Add(configurationFile);
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException("The relay's process could not be started.");
        Task logging = CopyAsync(process.StandardError, logFile);
        string? line = await process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        Match match = Ready().Match(line ?? string.Empty);
        if (match.Success && RelayId.TryParseHex(match.Groups["id"].Value, out RelayId id) && RelayAddress.TryParse(match.Groups["quic"].Value, id, out RelayAddress? address))
            return new RelayProcess(process, logging, address, match.Groups["http"].Value, match.Groups["websocket"].Value, match.Groups["public"] is { Success: true } everyone ? everyone.Value : null);

        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await logging.ConfigureAwait(false);
        throw new InvalidOperationException($"The relay did not start: {line} {await File.ReadAllTextAsync(logFile, cancellationToken).ConfigureAwait(false)}");
    }

    /// <summary>SIGKILL: what a power cut or the kernel does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        await _logging.ConfigureAwait(false);
    }

    /// <summary>SIGTERM: what a service manager does. Returns the exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await _logging.ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>Ends it. What has one disposes it again where a second start failed: that must not hide why.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        if (!_process.HasExited)
            await KillAsync().ConfigureAwait(false);

        _process.Dispose();
    }

    private string InProc(string name) => string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/{name}");

    private static async Task CopyAsync(StreamReader from, string file)
    {
        await using var to = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        await from.BaseStream.CopyToAsync(to).ConfigureAwait(false);
    }

    [GeneratedRegex("^ready quic=(?<quic>\\S+) http=(?<http>\\S+) relay-id=(?<id>[0-9a-f]{64}) preset=\\S+ websocket=(?<websocket>\\S+)( public-http=(?<public>\\S+))?")]
    private static partial Regex Ready();
}
