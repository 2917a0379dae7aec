/// <summary>
/// Runs inside a program under test before its own code (DOTNET_STARTUP_HOOKS looks for this name, outside of any namespace): the bug that it
/// does not have, once a test asks for it.
/// </summary>
internal static class StartupHook
{
    /// <summary>In every message.</summary>
    public const string Canary = "canary-of-the-crash";

    /// <summary>Names the file at whose appearance it crashes.</summary>
    public const string Variable = "ZKS_TEST_CRASH_AT";

    public static void Initialize()
    {
        string file = Environment.GetEnvironmentVariable(Variable)!;
        var watcher = new FileSystemWatcher(Path.GetDirectoryName(file)!, Path.GetFileName(file)) { EnableRaisingEvents = true };
        watcher.Created += (_, _) => new Thread(Crash).Start();
    }

    private static void Crash()
    {
        try
        {
            throw new TimeoutException(Canary);
        }
        catch (TimeoutException exception)
        {
            throw new InvalidOperationException(Canary, exception);
        }
    }
}
