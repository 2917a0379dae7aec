namespace ZeroKSync.Silo.Commands;

/// <summary>What a script or a service manager learns without reading text. Checked in docs/OPERATIONS.md.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It could not be done; standard error has the sentence.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong: starting again does not help.</summary>
    public const int Usage = 2;

    /// <summary>`verify` found something, or `restore` was given a backup that is not sound.</summary>
    public const int Unsound = 3;
}
