using System.CommandLine;
using System.Text.Json;
using ZeroKSync.Silo.Configuration;
using ZeroKSync.Storage;

namespace ZeroKSync.Silo.Commands;

/// <summary>What the commands on a data directory have in common: the configuration, and one answer as lines or as JSON.</summary>
internal sealed class StoreCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly ConfigurationArguments _arguments = ConfigurationArguments.ForData();
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object." };
    private readonly Command _command;

    public StoreCommand(string name, string description)
    {
        _command = new Command(name, description);
        _arguments.AddTo(_command);
        _command.Add(_json);
    }

    /// <summary>One file, which must be named.</summary>
    public Argument<FileInfo> AddFile(string description)
    {
        var file = new Argument<FileInfo>("FILE") { Description = description };
        _command.Add(file);
        return file;
    }

    /// <summary>The command, which does this and prints what it returns.</summary>
    /// <param name="run">Returns the exit code and what to print: names in snake case with their values.</param>
    public Command Does(Func<StoreContext, Task<(int Code, IReadOnlyDictionary<string, object> Answer)>> run)
    {
        _command.SetAction((result, cancellationToken) => Sentences.OrElseAsync(Console.Error, async () =>
        {
            RelayConfiguration configuration = _arguments.Read(result);
            string directory = RelaySettings.DataDirectoryOf(configuration);
            if (!Directory.Exists(directory))
                throw new RelayStartException("The data directory does not exist.");

#pragma warning disable RS0030 // The composition root is where the system's clock comes from.
            IStoreOperations operations = StoreChoice.Operations(configuration.Storage, directory, TimeProvider.System);
#pragma warning restore RS0030
            (int code, IReadOnlyDictionary<string, object> answer) = await run(new StoreContext(configuration, operations, result, cancellationToken));
            await Console.Out.WriteLineAsync(result.GetValue(_json) ? JsonSerializer.Serialize(answer, Json) : string.Join('\n', answer.Select(Line)));
            return code;
        }));
        return _command;
    }

    private static string Line(KeyValuePair<string, object> pair) =>
        $"{pair.Key.Replace('_', ' ')}: {(pair.Value is IEnumerable<string> lines ? string.Concat(lines.Select(line => $"\n  {line}")) : OptionText.Of(pair.Value))}";
}
