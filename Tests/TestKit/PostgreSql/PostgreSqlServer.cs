using System.Diagnostics;

namespace ZeroKSync.TestKit.PostgreSql;

/// <summary>
/// A PostgreSQL server of its own in a temporary directory, on a unix socket and no port, synced as in operation. It ends with its owner, also
/// when that is killed: it lives as long as the pipe to it.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Account = "postgres";

    private readonly DirectoryInfo _directory;
    private readonly string _binaries;
    private readonly string[] _settings;
    private Process? _process;

    private PostgreSqlServer(DirectoryInfo directory, string binaries, string[] settings)
    {
        _directory = directory;
        _binaries = binaries;
        _settings = settings;
    }

    /// <summary>Why there can be none on this machine, or null.</summary>
    public static string? Missing => Binaries() is null ? "PostgreSQL 15 or later is not installed (Debian: postgresql)" : null;

    /// <summary>The directory of its socket, which is the host to connect to.</summary>
    public string Socket => _directory.FullName;

    /// <summary>The directory of its files.</summary>
    public string Data => Path.Combine(_directory.FullName, "data");

    public string ConnectionString(string database) => $"Host={Socket};Username=zks;Database={database}";

    /// <param name="settings">What is set beside the defaults, as name=value.</param>
    public static async Task<PostgreSqlServer> StartAsync(params string[] settings)
    {
        string binaries = Binaries() ?? throw new InvalidOperationException(Missing);
        DirectoryInfo directory = Directory.CreateTempSubdirectory("zks-pg-");
        string data = Path.Combine(directory.FullName, "data");
        Directory.CreateDirectory(data);
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "-R", $"{Account}:", directory.FullName);

        await RunAsync(AsAccount(Path.Combine(binaries, "initdb"), "-D", data, "-U", "zks", "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums", "--no-sync", "--no-instructions"));
        var server = new PostgreSqlServer(directory, binaries, settings);
        await server.RunServerAsync();
        return server;
    }

    /// <summary>Ends it as a failing machine does, with nothing written that was not yet, and starts it on what that left.</summary>
    /// <param name="between">What happens to its files meanwhile.</param>
    public async Task CrashAndStartAsync(Action? between = null)
    {
        string pid = (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0];
        // Stopped first, so that it makes no child behind the list's back.
        await RunAsync("kill", "-STOP", pid);
        await Bounded.UntilAsync(() => StateOf(pid) is 'T' or null);
        string[] processes = [pid, .. (await File.ReadAllTextAsync($"/proc/{pid}/task/{pid}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        // Some may be gone by themselves meanwhile.
        await RunAsync("sh", "-c", $"kill -KILL {string.Join(' ', processes)} || true");
        // A server does not start while one of its last life is left.
        await Bounded.UntilAsync(() => !processes.Any(IsAlive));
        _process!.StandardInput.Close();
        await _process.WaitForExitAsync().Within(TimeSpan.FromSeconds(60));
        _process.Dispose();
        between?.Invoke();
        await RunServerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process!.StandardInput.Close();
        await _process.WaitForExitAsync().Within(TimeSpan.FromSeconds(60));
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    // One that is dead and waits to be noticed by its parent is not.
    private static bool IsAlive(string pid) => StateOf(pid) is not (null or 'Z');

    private static char? StateOf(string pid)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{pid}/stat");
            return status[status.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task RunServerAsync()
    {
        string[] server =
        [
            Path.Combine(_binaries, "postgres"), "-D", Data, "-k", Socket, "-c", "listen_addresses=", "-c", "logging_collector=off",
            .. _settings.SelectMany(setting => (string[])["-c", setting]),
        ];
        // The shell waits for its input to end, which it does when this process is gone, however it went.
        string[] command = AsAccount(["sh", "-c", "\"$@\" <&- & server=$!; cat >/dev/null; kill -INT $server; wait $server", "sh", .. server]);
        var process = new Process { StartInfo = Start(command) };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("ready to accept connections", StringComparison.Ordinal) == true)
                ready.TrySetResult();
        };
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The server ended at once."));
        process.EnableRaisingEvents = true;
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await ready.Task.Within(TimeSpan.FromSeconds(60));
        _process = process;
    }

    /// <summary>Runs one of the server's programs to its end; throws with what it said where it fails.</summary>
    public static Task ToolAsync(string tool, params string[] arguments) => RunAsync([Path.Combine(Binaries() ?? throw new InvalidOperationException(Missing), tool), .. arguments]);

    // Debian has each version in a directory of its own.
    private static string? Binaries()
    {
        const string Root = "/usr/lib/postgresql";
        const int VersionMin = 15;
        return Directory.Exists(Root)
            ? Directory.GetDirectories(Root)
                .Where(path => int.TryParse(Path.GetFileName(path), out int version) && version >= VersionMin && File.Exists(Path.Combine(path, "bin", "postgres")))
                .OrderByDescending(path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture))
                .Select(path => Path.Combine(path, "bin"))
                .FirstOrDefault()
            : null;
    }

    // The server refuses to run as root.
    private static string[] AsAccount(params string[] command) =>
        Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={Account}", $"--regid={Account}", "--init-groups", "--", .. command] : command;

    private static async Task RunAsync(params string[] command)
    {
        using Process process = Process.Start(Start(command)) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        Task<string> said = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Close();
        await process.WaitForExitAsync().Within(TimeSpan.FromSeconds(60));
        await output;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} failed: {await said}");
    }

    private static ProcessStartInfo Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (string argument in command[1..])
            start.ArgumentList.Add(argument);

        return start;
    }
}
