using ZeroKSync.Grains.Storage;
using ZeroKSync.Silo.Configuration;
using ZeroKSync.Transport;

namespace ZeroKSync.Silo.Commands;

/// <summary>The edge of the program: what stopped it becomes one sentence and an exit code, never a stack.</summary>
internal static class Sentences
{
    /// <summary>Runs it and returns its exit code, or that of what it threw.</summary>
    public static async Task<int> OrElseAsync(TextWriter error, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (ConfigurationException exception)
        {
            await error.WriteLineAsync($"zks-relay: {exception.Message}");
            return ExitCode.Usage;
        }
        catch (Exception exception) when (exception is RelayStartException or StorageException or TransportException)
        {
            await error.WriteLineAsync($"zks-relay: {exception.Message}");
            return ExitCode.Failed;
        }
    }
}
