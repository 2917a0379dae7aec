using System.CommandLine;
using ZeroKSync.Client;

namespace ZeroKSync.Cli.Commands;

/// <summary><c>zks group create --relay HOST:PORT/ID</c>.</summary>
internal static class GroupCommand
{
    public static Command Create(CommandContext context) => new("group", "The group this device belongs to.") { CreateGroup(context) };

    private static Command CreateGroup(CommandContext context)
    {
        var relays = new Option<RelayAddress[]>("--relay")
        {
            Description = "host:port/relay-id, as the relay prints it; repeat for more, the most wanted first.",
            Required = true,
            CustomParser = argument =>
            {
                var addresses = new List<RelayAddress>();
                foreach (string text in argument.Tokens.Select(token => token.Value))
                {
                    if (RelayAddress.TryParse(text, out RelayAddress? address))
                        addresses.Add(address);
                    else
                        argument.AddError("--relay wants host:port/relay-id, the id as 64 hex digits.");
                }

                return [.. addresses];
            },
        };
        var command = new Command("create", "Make a new group with this device as its first member.") { relays };
        context.Run(command, async (result, report, cancellationToken) =>
        {
            await using SyncClient sync = await context.OpenAsync(result, connect: false, cancellationToken);
            await sync.CreateGroupAsync(result.GetRequiredValue(relays), cancellationToken);
            string group = sync.GroupId?.ToHex() ?? string.Empty;
            report.Write("The group is made. Next: zks invite, on this device.", json => json.WriteString("group", group));
            return ExitCode.Done;
        });
        return command;
    }
}
