using System.CommandLine;
using ZeroKSync.Client;

namespace ZeroKSync.Cli.Commands;

/// <summary><c>zks join</c>: takes the invite from standard input, because a command line is seen by every process of the machine.</summary>
internal static class JoinCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("join", "Join a group by an invite, which is read from standard input.");
        context.Run(command, async (result, report, cancellationToken) =>
        {
            report.Progress("Paste the invite:");
            string? link = await context.Input.ReadLineAsync(cancellationToken);
            if (string.IsNullOrWhiteSpace(link))
            {
                report.Failure("No invite was given.", "Usage");
                return ExitCode.Usage;
            }

            await using SyncClient sync = await context.OpenAsync(result, connect: false, cancellationToken);
            await sync.JoinAsync(link.Trim(), cancellationToken);
            string group = sync.GroupId?.ToHex() ?? string.Empty;
            report.Write("Joined. Next: zks pull, or zks watch.", json => json.WriteString("group", group));
            return ExitCode.Done;
        });
        return command;
    }
}
