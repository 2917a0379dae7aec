using System.CommandLine;
using ZeroKSync.Client;

namespace ZeroKSync.Cli.Commands;

/// <summary><c>zks init --name NAME</c>: makes the device's keys.</summary>
internal static class InitCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Option<string>("--name") { Description = "What the group's other devices see.", Required = true };
        var command = new Command("init", "Make this directory a device, with keys of its own.") { name };
        context.Run(command, async (result, report, cancellationToken) =>
        {
            await using SyncClient sync = await SyncClient.OpenAsync(
                new SyncClientOptions
                {
                    DataDirectory = result.GetRequiredValue(context.Directory).FullName,
                    DeviceName = result.GetRequiredValue(name),
                    AutoConnect = false,
                },
                cancellationToken);
            string device = sync.DeviceId.ToHex();
            report.Write($"This is device {device}. Next: zks group create, or zks join.", json => json.WriteString("device", device));
            return ExitCode.Done;
        });
        return command;
    }
}
