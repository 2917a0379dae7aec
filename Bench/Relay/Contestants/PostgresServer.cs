using System.Diagnostics;
using System.Globalization;

namespace ZeroKSync.Bench.Relay;

/// <summary>A throwaway PostgreSQL. It refuses to run as root, so root runs it as the user that Debian makes for it.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "bench";

    /// <summary>Beyond its defaults, which sync every commit: room, so that it is not held back by what nobody runs it with.</summary>
    public static readonly string[] Settings = ["fsync=on", "synchronous_commit=on", "shared_buffers=512MB", "max_wal_size=4GB", "max_connections=320"];

    private const string Installed = "/usr/lib/postgresql";
    private const string SystemUser = "postgres";

    private readonly string _folder;
    private ServerProcess _process;

    private PostgresServer(string folder, ServerProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; private set; }

    public int Id => _process.Id;

    /// <param name="folder">Does not exist yet; its parents must let others pass.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<PostgresServer> StartAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess)
            await RunAsync(["chown", SystemUser, folder], cancellationToken);

        await RunAsync(AsUser(["initdb", "--pgdata", Data(folder), "--username", User, "--auth", "trust", "--no-locale", "--encoding", "UTF8"]), cancellationToken);
        (ServerProcess process, int port) = await StartProcessAsync(folder, cancellationToken);
        return new PostgresServer(folder, process, port);
    }

    /// <summary>At once, without a checkpoint: the next start recovers.</summary>
    public async Task EndAsync()
    {
        await _process.EndAsync("-QUIT");
        await _process.DisposeAsync();
    }

    public async Task RestartAsync(CancellationToken cancellationToken) => (_process, Port) = await StartProcessAsync(_folder, cancellationToken);

    public async ValueTask DisposeAsync() => await EndAsync();

    private static string Data(string folder) => Path.Combine(folder, "data");

    private static async Task<(ServerProcess Process, int Port)> StartProcessAsync(string folder, CancellationToken cancellationToken)
    {
        for (int tries = 0; tries < FreePort.TriesMax; tries++)
        {
            int port = FreePort.Find();
            string[] command =
            [
                .. AsUser(["postgres", "-D", Data(folder), "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-k", folder]),
                .. Settings.SelectMany(setting => (string[])["-c", setting]),
            ];
            if (await ServerProcess.StartAsync(command, "database system is ready to accept connections", folder + ".log", cancellationToken) is { } process)
                return (process, port);
        }

        throw new InvalidOperationException("PostgreSQL did not start; its log says why.");
    }

    private static string[] AsUser(string[] command)
    {
        string newest = Directory.Exists(Installed) ? Directory.GetDirectories(Installed).Order(StringComparer.Ordinal).LastOrDefault(string.Empty) : string.Empty;
        string[] whole = [Path.Combine(newest, "bin", command[0]), .. command.Skip(1)];
        return Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={SystemUser}", $"--regid={SystemUser}", "--clear-groups", "--", .. whole] : whole;
    }

    private static async Task RunAsync(string[] command, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })
            ?? throw new InvalidOperationException($"{command[0]} could not be started.");
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        string error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await output;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} failed: {error}");
    }
}
