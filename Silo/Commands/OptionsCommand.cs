using System.CommandLine;
using ZeroKSync.Silo.Configuration;

namespace ZeroKSync.Silo.Commands;

/// <summary>Prints every option with the value that a relay started like this would have, and what sets it. It starts nothing.</summary>
internal static class OptionsCommand
{
    public static Command Create()
    {
        ConfigurationArguments arguments = ConfigurationArguments.ForRelay();
        var command = new Command("options", "Print every option, its value in force and what sets it; start nothing.");
        arguments.AddTo(command);
        command.SetAction((result, _) => Sentences.OrElseAsync(Console.Error, async () =>
        {
            RelayConfiguration configuration = arguments.Read(result);
            foreach ((string key, string value, string? source) in configuration.Describe())
                await Console.Out.WriteLineAsync($"{key}={value}{(source is null ? string.Empty : $"  # {source}")}");

            return ExitCode.Done;
        }));
        return command;
    }
}
