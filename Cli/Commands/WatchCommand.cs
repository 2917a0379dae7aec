using System.CommandLine;
using ZeroKSync.Client;

namespace ZeroKSync.Cli.Commands;

/// <summary><c>zks watch</c>: what arrived and what arrives, until Ctrl-C.</summary>
internal static class WatchCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Save each blob as a file in this folder." };
        var command = new Command("watch", "Print what the other devices push, as it comes, until Ctrl-C.") { folder };
        context.Run(command, async (result, report, cancellationToken) =>
        {
            await using SyncClient sync = await context.OpenAsync(result, connect: true, cancellationToken);
            sync.StatusChanged += (_, status) => report.Progress(status.Message);
            var blobs = new BlobReport(report, result.GetValue(folder));
            await foreach (SyncedBlob blob in sync.ReadAsync(cancellationToken))
                await blobs.ShowAsync(blob, cancellationToken);

            return ExitCode.Done;
        });
        return command;
    }
}
