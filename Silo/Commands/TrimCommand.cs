using System.CommandLine;
using ZeroKSync.Storage;

namespace ZeroKSync.Silo.Commands;

/// <summary>The relay's own housekeeping, at once and to the end.</summary>
internal static class TrimCommand
{
    public static Command Create() =>
        new StoreCommand("trim", "Remove what the retentions of the configuration no longer keep, and give the room back; the relay must be stopped. Nothing goes that a device has not acknowledged before its time is over.")
            .Does(async context =>
            {
#pragma warning disable RS0030 // The composition root is where the system's clock comes from.
                ulong now = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
#pragma warning restore RS0030
                TrimOutcome outcome = await context.Operations.TrimAsync(
                    new TrimPolicy(now, context.Configuration.Group.DeliveredRetention, context.Configuration.Group.HoleRetention),
                    context.CancellationToken);
                return (ExitCode.Done, new Dictionary<string, object>
                {
                    ["expired_rows"] = outcome.ExpiredRows,
                    ["trimmed_rows"] = outcome.TrimmedRows,
                    ["freed_bytes"] = outcome.FreedBytes,
                });
            });
}
