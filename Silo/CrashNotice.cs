namespace ZeroKSync.Silo;

/// <summary>
/// What a crash writes. The runtime's own notice holds the exception's message, and those from underneath hold keys and addresses; so the
/// process says types and stack alone, and ends with the code of an abort, as it would have.
/// </summary>
internal static class CrashNotice
{
    private const int AbortExitCode = 134;
    private const int CausesMax = 8;

    public static void Install() => AppDomain.CurrentDomain.UnhandledException += (_, arguments) =>
    {
        Console.Error.WriteLine(Of(arguments.ExceptionObject as Exception));
        Environment.Exit(AbortExitCode);
    };

    /// <summary>The notice: types and stacks, no message.</summary>
    public static string Of(Exception? exception)
    {
        var lines = new List<string> { "zks-relay: crashed" };
        for (int i = 0; exception is not null && i < CausesMax; exception = exception.InnerException, i++)
            lines.Add($"{exception.GetType().FullName}\n{exception.StackTrace}");

        return string.Join('\n', lines);
    }
}
