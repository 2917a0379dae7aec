using System.CommandLine;

namespace ZeroKSync.Silo.Commands;

/// <summary>Puts a backup in the database's place. Devices see by new relay epochs that it is not the log they knew, and send again what it lacks.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var command = new StoreCommand("restore", "Check a backup and put it in the database's place; the relay must be stopped. Every group gets a new relay epoch, so that devices send again what is missing.");
        Argument<FileInfo> file = command.AddFile("What 'backup' has written.");
        return command.Does(async context =>
        {
            await context.File.RestoreAsync(context.Arguments.GetRequiredValue(file).FullName, context.CancellationToken);
            return (ExitCode.Done, new Dictionary<string, object> { ["groups"] = (await context.Operations.GetStatisticsAsync(context.CancellationToken)).Groups });
        });
    }
}
