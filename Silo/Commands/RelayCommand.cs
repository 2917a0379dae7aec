using System.CommandLine;
using System.Net;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Silo.Commands;

/// <summary>The command tree of <c>zks-relay</c>.</summary>
internal static class RelayCommand
{
    public static RootCommand Create() => new("A relay for zero-knowledge sync: it keeps sealed blobs for a while and cannot read them.") { Run() };

    private static Command Run()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Where keys and database are; made if it is not there.", Required = true };
        var listen = new Option<IPEndPoint>("--listen")
        {
            Description = "Address and UDP port for devices; port 0 takes a free one.",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.IPv6Any, 4433),
            CustomParser = argument => ParseEndPoint(argument, "--listen"),
        };
        var webSocket = new Option<WebSocketChoice>("--websocket")
        {
            Description = "Address and TCP port for devices whose network blocks UDP, 'same' for that of --listen, or 'off'.",
            DefaultValueFactory = _ => new WebSocketChoice(IsOff: false, EndPoint: null),
            CustomParser = ParseWebSocket,
        };
        var http = new Option<IPEndPoint>("--http")
        {
            Description = "Address and TCP port for health and metrics; port 0 takes a free one.",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 4480),
            CustomParser = argument => ParseEndPoint(argument, "--http"),
        };
        var loops = new Option<int>("--loops") { Description = "Threads that serve QUIC, each with a socket on the one port; 0 is one per processor.", DefaultValueFactory = _ => 1 };
        loops.Validators.Add(result => Check(result, loops, 0, Ngtcp2Options.MaxLoops));
        var datagrams = new Option<DatagramMode>("--datagrams") { Description = "How datagrams reach the kernel: the best it offers, or one way alone.", DefaultValueFactory = _ => DatagramMode.Automatic };
        var qlog = new Option<DirectoryInfo?>("--qlog") { Description = "A directory for one qlog file a connection, to look into a fault. The files name addresses." };
        var preset = new Option<string>("--preset") { Description = "The set of limits to start from.", DefaultValueFactory = _ => "default" };
        preset.AcceptOnlyFromAmong("default", "hobby", "bench");
        var engine = new Option<TransportEngine>("--engine")
        {
            Description = "The QUIC engine: 'ngtcp2', 'system-net-quic', or 'auto' for the first that loads here.",
            DefaultValueFactory = _ => TransportEngine.Auto,
            CustomParser = ParseEngine,
        };
        var config = new Option<FileInfo?>("--config") { Description = "A JSON file with limits of its own, in the sections Gateway and Group." };
        var command = new Command("run", "Run a relay in this process until SIGTERM.") { data, listen, webSocket, http, engine, loops, datagrams, qlog, preset, config };
        command.SetAction((result, cancellationToken) => RelayProgram.RunAsync(
            new RelaySettings
            {
                DataDirectory = result.GetRequiredValue(data).FullName,
                Listen = result.GetRequiredValue(listen),
                IsWebSocketOff = result.GetRequiredValue(webSocket).IsOff,
                WebSocket = result.GetRequiredValue(webSocket).EndPoint,
                Http = result.GetRequiredValue(http),
                Engine = result.GetRequiredValue(engine),
                Loops = result.GetValue(loops),
                Datagrams = result.GetValue(datagrams),
                QlogDirectory = result.GetValue(qlog)?.FullName,
                Preset = result.GetRequiredValue(preset),
                ConfigurationFile = result.GetValue(config)?.FullName,
            },
            Console.Out,
            Console.Error,
            cancellationToken));
        return command;
    }

    private static void Check(System.CommandLine.Parsing.OptionResult result, Option<int> option, int low, int high)
    {
        if (result.GetValue(option) is var value && (value < low || value > high))
            result.AddError($"{option.Name} must be between {low} and {high}.");
    }

    private static WebSocketChoice? ParseWebSocket(System.CommandLine.Parsing.ArgumentResult argument) =>
        argument.Tokens is [{ Value: "off" or "same" } word]
            ? new WebSocketChoice(word.Value == "off", EndPoint: null)
            : ParseEndPoint(argument, "--websocket") is { } endPoint ? new WebSocketChoice(IsOff: false, endPoint) : null;

    private static TransportEngine ParseEngine(System.CommandLine.Parsing.ArgumentResult argument)
    {
        switch (argument.Tokens)
        {
            case [{ Value: "auto" }]:
                return TransportEngine.Auto;
            case [{ Value: "ngtcp2" }]:
                return TransportEngine.Ngtcp2;
            case [{ Value: "system-net-quic" }]:
                return TransportEngine.SystemNetQuic;
            default:
                argument.AddError("--engine wants auto, ngtcp2 or system-net-quic.");
                return default;
        }
    }

    private static IPEndPoint? ParseEndPoint(System.CommandLine.Parsing.ArgumentResult argument, string option)
    {
        if (argument.Tokens.Count == 1 && IPEndPoint.TryParse(argument.Tokens[0].Value, out IPEndPoint? endPoint))
            return endPoint;

        argument.AddError($"{option} wants an address and a port, for instance 0.0.0.0:4433 or [::]:4433.");
        return null;
    }

    private sealed record WebSocketChoice(bool IsOff, IPEndPoint? EndPoint);
}
