namespace ZeroKSync.Grains.Storage;

/// <summary>The group has another version, or is not there: nothing was written.</summary>
public sealed record LogFenced : LogWriteResult
{
    public static LogFenced Instance { get; } = new();
}
