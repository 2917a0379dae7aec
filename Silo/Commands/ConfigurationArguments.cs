using System.CommandLine;
using System.CommandLine.Parsing;
using ZeroKSync.Silo.Configuration;

namespace ZeroKSync.Silo.Commands;

/// <summary>The options by which every command is configured. Each stands for a key of the configuration; what it says is checked there, for all sources alike.</summary>
internal sealed class ConfigurationArguments
{
    private readonly Option<FileInfo?> _file = new("--config") { Description = "A JSON file of sections and keys; docs/OPTIONS.md lists them.", HelpName = "FILE" };

    private readonly Option<DirectoryInfo?> _secrets = new("--secrets")
    {
        Description = "A directory with a file for each secret key, named as Telemetry__OtlpHeaders.",
        HelpName = "DIR",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any key of the configuration: --set Gateway:SessionsMax=500. Can be repeated.",
        HelpName = "KEY=VALUE",
    };

    private readonly List<(Option<string?> Option, string Key)> _named = [];

    private ConfigurationArguments()
    {
    }

    /// <summary>For a command that opens the data directory and serves nobody.</summary>
    public static ConfigurationArguments ForData()
    {
        var arguments = new ConfigurationArguments();
        arguments.Add("--data", "Relay:DataDirectory", "DIR", "Where keys and database are.");
        return arguments;
    }

    /// <summary>For a command that asks a running relay.</summary>
    public static ConfigurationArguments ForHttp()
    {
        var arguments = new ConfigurationArguments();
        arguments.Add("--http", "Relay:Http", "ADDRESS:PORT", "Where its health is asked for. [default: 127.0.0.1:4480]");
        return arguments;
    }

    /// <summary>For a command that serves.</summary>
    public static ConfigurationArguments ForRelay()
    {
        var arguments = new ConfigurationArguments();
        arguments.Add("--data", "Relay:DataDirectory", "DIR", "Where keys and database are; made if it is not there.");
        arguments.Add("--listen", "Relay:Listen", "ADDRESS:PORT", "Address and UDP port for devices; port 0 takes a free one. [default: [::]:4433]");
        arguments.Add("--websocket", "Relay:WebSocket", "ADDRESS:PORT|same|off", "Address and TCP port for devices whose network blocks UDP. [default: same, that of --listen]");
        arguments.Add("--http", "Relay:Http", "ADDRESS:PORT", "Address and TCP port for health, metrics and status. [default: 127.0.0.1:4480]");
        arguments.Add("--public-http", "Relay:PublicHttp", "ADDRESS:PORT|off", "Address and TCP port that answers /.well-known/zks and nothing else. [default: off]");
        arguments.Add("--engine", "Engine:Name", "auto|ngtcp2|system-net-quic", "The QUIC engine. [default: auto, the first that loads here]");
        arguments.Add("--loops", "Engine:Loops", "N", "Threads that serve QUIC; 0 is one per processor. [default: 1]");
        arguments.Add("--datagrams", "Engine:Datagrams", "automatic|segmented|batched|single", "How datagrams reach the kernel. [default: automatic, the best it offers]");
        arguments.Add("--qlog", "Engine:QlogDirectory", "DIR", "A directory for one qlog file a connection, to look into a fault. The files name addresses.");
        arguments.Add("--preset", "Relay:Preset", string.Join('|', Presets.All), "The set of limits to start from. [default: default]");
        return arguments;
    }

    public void AddTo(Command command)
    {
        foreach ((Option<string?> option, _) in _named)
            command.Add(option);

        command.Add(_file);
        command.Add(_secrets);
        command.Add(_set);
    }

    /// <exception cref="ConfigurationException">The configuration is not valid; the message says what and where.</exception>
    public RelayConfiguration Read(ParseResult result)
    {
        var values = new List<CommandLineValue>();
        foreach ((Option<string?> option, string key) in _named)
        {
            if (result.GetValue(option) is { } value)
                values.Add(new CommandLineValue(key, option.Name, value));
        }

        foreach (string assignment in result.GetValue(_set) ?? [])
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new ConfigurationException($"--set wants KEY=VALUE, and has '{assignment}'.");

            values.Add(new CommandLineValue(assignment[..equals], "--set", assignment[(equals + 1)..]));
        }

        if (values.GroupBy(value => value.Path, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ConfigurationException($"{twice.Key} is set twice on the command line.");

        return RelayConfiguration.Load(new ConfigurationSources(result.GetValue(_file)?.FullName, result.GetValue(_secrets)?.FullName, values));
    }

    private void Add(string name, string key, string argument, string description) =>
        _named.Add((new Option<string?>(name) { Description = description, HelpName = argument }, key));
}
