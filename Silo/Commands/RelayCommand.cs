using System.CommandLine;

namespace ZeroKSync.Silo.Commands;

/// <summary>The command tree of <c>zks-relay</c>.</summary>
internal static class RelayCommand
{
    public static RootCommand Create() => new("A relay for zero-knowledge sync: it keeps sealed blobs for a while and cannot read them.")
    {
        Run(),
        OptionsCommand.Create(),
        HealthCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        RenewEpochsCommand.Create(),
        VerifyCommand.Create(),
        StatsCommand.Create(),
        TrimCommand.Create(),
    };

    /// <summary>Parses and runs. What nobody expected is not caught here: <see cref="CrashNotice"/> writes it without its message.</summary>
    public static async Task<int> InvokeAsync(string[] args)
    {
        ParseResult result = Create().Parse(args);
        // Its own handling of SIGTERM would end the process after two seconds, in the middle of a drain.
        int code = await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        return result.Errors.Count > 0 ? ExitCode.Usage : code;
    }

    private static Command Run()
    {
        ConfigurationArguments arguments = ConfigurationArguments.ForRelay();
        var command = new Command("run", "Run a relay in this process until SIGTERM.");
        arguments.AddTo(command);
        command.SetAction((result, cancellationToken) => Sentences.OrElseAsync(Console.Error, () => RelayProgram.RunAsync(arguments.Read(result), Console.Out, cancellationToken)));
        return command;
    }
}
