using System.CommandLine;
using System.Globalization;
using ZeroKSync.Client;
using ZeroKSync.Protocol;

namespace ZeroKSync.Cli.Commands;

/// <summary><c>zks status</c>: how this device stands to its relay.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        var offline = new Option<bool>("--offline") { Description = "Say what is known here, without asking the relay." };
        var command = new Command("status", "Say how this device stands to its relay.") { offline };
        context.Run(command, async (result, report, cancellationToken) =>
        {
            await using SyncClient sync = await context.OpenAsync(result, connect: false, cancellationToken);
            if (sync.IsInGroup && !result.GetValue(offline))
                await TryConnectAsync(sync, report, cancellationToken);

            SyncStatus status = sync.Status;
            Cursor cursor = await sync.GetLastCursorAsync(cancellationToken);
            string device = sync.DeviceId.ToHex();
            string sentence = string.Create(
                CultureInfo.InvariantCulture,
                $"Device  {device}\nGroup   {(sync.IsInGroup ? "member" : "none yet: zks group create, or zks join")}\nRelays  {string.Join(", ", sync.Relays.Select(relay => relay.HostAndPort))}\nStatus  {status.Message}\nOutbox  {status.Pending}\nCursor  {cursor}");
            report.Write(sentence, json =>
            {
                json.WriteString("device", device);
                json.WriteBoolean("in_group", sync.IsInGroup);
                json.WriteString("state", status.State.ToString());
                json.WriteNumber("pending", status.Pending);
                json.WriteNumber("cursor", cursor.Value);
                json.WriteString("message", status.Message);
            });
            return ExitCode.Done;
        });
        return command;
    }

    // A relay that cannot be reached is an answer here, not a failure.
    private static async Task TryConnectAsync(SyncClient sync, Report report, CancellationToken cancellationToken)
    {
        try
        {
            await sync.ConnectAsync(cancellationToken);
        }
        catch (SyncException exception)
        {
            report.Progress(exception.Message);
        }
    }
}
