using System.Diagnostics;
using System.Globalization;
using System.Net;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Transport;

/// <summary>What an idle connection costs a listener: its process's resident memory before and after many of them.</summary>
internal static class IdleMemory
{
    private const int ConnectionsBefore = 200;
    private const string Resident = "VmRSS:";

    /// <returns>Bytes for each connection.</returns>
    public static async Task<double> MeasureAsync(int count, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(IdleMemory).Assembly.Location);

        start.ArgumentList.Add("echo-listener");
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("The listener's process did not start.");
        string line = await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The listener's process ended early.");
        var address = new IPEndPoint(IPAddress.Loopback, int.Parse(line, CultureInfo.InvariantCulture));
        await using ITransport transport = TransportEngines.Create();
        var connections = new List<TransportConnection>();
        await OpenAsync(transport, address, ConnectionsBefore, connections, cancellationToken);
        double before = await ResidentAsync(process, cancellationToken);
        await OpenAsync(transport, address, count, connections, cancellationToken);
        double after = await ResidentAsync(process, cancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return (after - before) / count;
    }

    /// <summary>The child's side: listens until its input ends, and collects its garbage when asked with a line.</summary>
    public static async Task<int> ListenAsync(CancellationToken cancellationToken)
    {
        await using ITransport transport = TransportEngines.Create();
        await using EchoListener listener = await EchoListener.StartAsync(transport, cancellationToken);
        Console.WriteLine(listener.Address.Port.ToString(CultureInfo.InvariantCulture));
        while (await Console.In.ReadLineAsync(cancellationToken) is not null)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            Console.WriteLine("collected");
        }

        return 0;
    }

    private static async Task OpenAsync(ITransport transport, IPEndPoint address, int count, List<TransportConnection> connections, CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
            connections.Add(await transport.ConnectAsync(HandshakeRun.Options(address), cancellationToken));
    }

    private static async Task<double> ResidentAsync(Process process, CancellationToken cancellationToken)
    {
        await process.StandardInput.WriteLineAsync("collect".AsMemory(), cancellationToken);
        await process.StandardOutput.ReadLineAsync(cancellationToken);
        string status = await File.ReadAllTextAsync($"/proc/{process.Id}/status", cancellationToken);
        string line = status.Split('\n').First(l => l.StartsWith(Resident, StringComparison.Ordinal));
        return 1024.0 * double.Parse(line[Resident.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
