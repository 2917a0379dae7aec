namespace ZeroKSync.EmbeddedRuntime.Calls;

/// <summary>The result of a method that has none.</summary>
internal readonly struct Nothing
{
    public static async ValueTask<Nothing> FromAsync(Task task)
    {
        await task;
        return default;
    }

    public static ValueTask<Nothing> From(Task task) => task.IsCompletedSuccessfully ? default : FromAsync(task);

    public static ValueTask<Nothing> From(ValueTask task) => task.IsCompletedSuccessfully ? default : FromAsync(task.AsTask());
}
