using System.CommandLine;
using ZeroKSync.Client;

namespace ZeroKSync.Cli.Commands;

/// <summary><c>zks invite</c>: prints the link, and with <c>--qr</c> the code to photograph. The link is a key to the group until it is claimed.</summary>
internal static class InviteCommand
{
    public static Command Create(CommandContext context)
    {
        var qr = new Option<bool>("--qr") { Description = "Also draw the link as a QR code." };
        var minutes = new Option<int>("--minutes") { Description = "How long it can be claimed, 1 to 1440.", DefaultValueFactory = _ => 10 };
        minutes.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<int>() is < 1 or > 1440)
                value.AddError("--minutes wants 1 to 1440.");
        });
        var command = new Command("invite", "Let one more device into the group.") { qr, minutes };
        context.Run(command, async (result, report, cancellationToken) =>
        {
            await using SyncClient sync = await context.OpenAsync(result, connect: true, cancellationToken);
            var expiry = TimeSpan.FromMinutes(result.GetValue(minutes));
            Invite invite = await sync.CreateInviteAsync(new InviteOptions { Expiry = expiry }, cancellationToken);
            if (result.GetValue(qr))
                report.Progress(invite.ToQrText());

            report.Progress("Give this to one device, over a way you trust: whoever has it first joins the group. On that device: zks join");
            report.Write(invite.Link, json =>
            {
                json.WriteString("invite", invite.Link);
                json.WriteString("expires", invite.ExpiresAt);
            });
            return ExitCode.Done;
        });
        return command;
    }
}
