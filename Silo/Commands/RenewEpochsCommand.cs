using System.CommandLine;

namespace ZeroKSync.Silo.Commands;

/// <summary>What <c>restore</c> does at its end, alone: for a database that was put back by other means.</summary>
internal static class RenewEpochsCommand
{
    public static Command Create() =>
        new StoreCommand("renew-epochs", "Give every group a new relay epoch, after the database was put back by other means than 'restore' (a snapshot of the disk); the relay must be stopped.")
            .Does(async context => (ExitCode.Done, new Dictionary<string, object> { ["groups"] = await context.Operations.RenewEpochsAsync(context.CancellationToken) }));
}
