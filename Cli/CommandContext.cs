using System.CommandLine;
using ZeroKSync.Client;

namespace ZeroKSync.Cli;

/// <summary>What every command shares: the two global options, the three streams, and one place where errors become sentences and exit codes.</summary>
internal sealed class CommandContext(TextReader input, TextWriter output, TextWriter error)
{
    public Option<DirectoryInfo> Directory { get; } = new("--dir")
    {
        Description = "The device's data directory.",
        Recursive = true,
        DefaultValueFactory = _ => new DirectoryInfo(DefaultDirectory()),
    };

    public Option<bool> Json { get; } = new("--json") { Description = "One JSON object a line.", Recursive = true };

    public TextReader Input => input;

    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>Makes <paramref name="command"/> run <paramref name="body"/> and translate what goes wrong, once.</summary>
    public void Run(Command command, Func<ParseResult, Report, CancellationToken, Task<int>> body) =>
        command.SetAction(async (result, cancellationToken) =>
        {
            var report = new Report(output, error, result.GetValue(Json));
            try
            {
                return await body(result, report, cancellationToken);
            }
            catch (SyncException exception)
            {
                report.Failure(exception.Message, exception.Kind.ToString());
                return ExitCode.Of(exception);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                report.Failure(exception.Message, "InputOutput");
                return ExitCode.Failed;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCode.Interrupted;
            }
        });

    /// <summary>Opens the device that <c>init</c> made.</summary>
    public Task<SyncClient> OpenAsync(ParseResult result, bool connect, CancellationToken cancellationToken) =>
        SyncClient.OpenAsync(new SyncClientOptions { DataDirectory = result.GetRequiredValue(Directory).FullName, AutoConnect = connect }, cancellationToken);

    private static string DefaultDirectory() => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "zks");
}
