using System.CommandLine;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Silo.Commands;

/// <summary>Reads everything and says what does not fit.</summary>
internal static class VerifyCommand
{
    public static Command Create() =>
        new StoreCommand("verify", $"Read the whole database and check it: the engine's structure, every checksum, every group's numbers. The relay may be running. Ends with {ExitCode.Unsound} where something is wrong.")
            .Does(async context =>
            {
                LogVerification found = await context.Operations.VerifyAsync(context.CancellationToken);
                return (found.IsSound ? ExitCode.Done : ExitCode.Unsound, new Dictionary<string, object>
                {
                    ["sound"] = found.IsSound ? "yes" : "no",
                    ["rows"] = found.Rows,
                    ["corrupt_rows"] = found.CorruptRows,
                    ["quarantined_rows"] = found.QuarantinedRows,
                    ["faults"] = found.Faults,
                });
            });
}
