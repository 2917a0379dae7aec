using System.CommandLine;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Silo.Commands;

/// <summary>What the database holds, without reading it all.</summary>
internal static class StatsCommand
{
    public static Command Create() =>
        new StoreCommand("stats", "Print what the database holds; it costs the same however much that is. The relay may be running.")
            .Does(async context =>
            {
                StoreStatistics now = await context.Operations.GetStatisticsAsync(context.CancellationToken);
                return (ExitCode.Done, new Dictionary<string, object>
                {
                    ["groups"] = now.Groups,
                    ["rows"] = now.Rows,
                    ["envelope_bytes"] = now.BytesUsed,
                    ["corrupt_rows"] = now.CorruptRows,
                    ["file_bytes"] = now.FileBytes,
                });
            });
}
