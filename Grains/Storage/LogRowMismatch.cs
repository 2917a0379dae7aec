namespace ZeroKSync.Grains.Storage;

/// <summary>The row is not there, or not in the state that the change starts from: nothing was written.</summary>
public sealed record LogRowMismatch : LogWriteResult
{
    public static LogRowMismatch Instance { get; } = new();
}
