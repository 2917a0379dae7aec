using System.CommandLine;
using ZeroKSync.Client;

namespace ZeroKSync.Cli.Commands;

/// <summary><c>zks pull</c>: what arrived since the last time, then ends.</summary>
internal static class PullCommand
{
    public static Command Create(CommandContext context)
    {
        var limit = new Option<int>("--limit") { Description = "Blobs at most; the rest comes next time.", DefaultValueFactory = _ => int.MaxValue };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Save each blob as a file in this folder." };
        var command = new Command("pull", "Print what the other devices pushed since the last time.") { limit, folder };
        limit.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<int>() < 1)
                value.AddError("--limit wants 1 or more.");
        });
        context.Run(command, async (result, report, cancellationToken) =>
        {
            await using SyncClient sync = await context.OpenAsync(result, connect: true, cancellationToken);
            var blobs = new BlobReport(report, result.GetValue(folder));
            int left = result.GetValue(limit);
            // Asking for one more is what commits the one before, so the count is looked at before asking.
            await foreach (SyncedBlob blob in sync.ReadToHeadAsync(cancellationToken))
            {
                if (left-- == 0)
                    break;

                await blobs.ShowAsync(blob, cancellationToken);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
