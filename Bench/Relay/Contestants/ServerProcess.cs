using System.Diagnostics;
using System.Globalization;

namespace ZeroKSync.Bench.Relay;

/// <summary>A server of another project as a child process. It is ended by its own id; what it prints goes to a file beside its data.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _logging;

    private ServerProcess(Process process, Task logging)
    {
        _process = process;
        _logging = logging;
    }

    public int Id => _process.Id;

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    /// <param name="command">The executable and its arguments.</param>
    /// <param name="ready">What the line has that says so, on either of its outputs.</param>
    /// <param name="logFile">Gets everything it prints.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it ended instead, as it does when its port was taken meanwhile.</returns>
    public static async Task<ServerProcess?> StartAsync(IReadOnlyList<string> command, string ready, string logFile, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} could not be started.");
        var isReady = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task logging = Task.WhenAll(CopyAsync(process.StandardOutput, logFile + ".out", ready, isReady), CopyAsync(process.StandardError, logFile + ".err", ready, isReady))
            .ContinueWith(_ => isReady.TrySetResult(false), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var server = new ServerProcess(process, logging);
        if (await isReady.Task.WaitAsync(cancellationToken))
            return server;

        await server.DisposeAsync();
        return null;
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    public async Task EndAsync(string signal)
    {
        using Process kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
        await _process.WaitForExitAsync(CancellationToken.None);
        await _logging;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await EndAsync("-KILL");

        _process.Dispose();
    }

    private static async Task CopyAsync(StreamReader from, string file, string ready, TaskCompletionSource<bool> isReady)
    {
        await using var to = new StreamWriter(file, append: true);
        while (await from.ReadLineAsync() is { } line)
        {
            await to.WriteLineAsync(line);
            if (line.Contains(ready, StringComparison.Ordinal))
                isReady.TrySetResult(true);
        }
    }
}
