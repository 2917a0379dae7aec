using System.CommandLine;

namespace ZeroKSync.Silo.Commands;

/// <summary>Copies the database while the relay runs. The relay's key is not in it: it is kept apart, once.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var command = new StoreCommand("backup", "Copy the database to a new file; the relay may be running. relay.key is not in it: keep a copy of that apart.");
        Argument<FileInfo> file = command.AddFile("The new file.");
        return command.Does(async context =>
        {
            string path = context.Arguments.GetRequiredValue(file).FullName;
            await context.File.BackupAsync(path, context.CancellationToken);
            return (ExitCode.Done, new Dictionary<string, object> { ["bytes"] = new FileInfo(path).Length });
        });
    }
}
