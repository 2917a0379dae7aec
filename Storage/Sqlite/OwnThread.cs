namespace ZeroKSync.Storage.Sqlite;

/// <summary>Runs one piece of work that blocks on a thread of its own.</summary>
internal static class OwnThread
{
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                completion.SetResult(work());
            }
#pragma warning disable CA1031 // The caller gets whatever it is; here it would end the process.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                completion.SetException(exception);
            }
        })
        {
            Name = name,
            IsBackground = true,
        }.Start();
        return completion.Task;
    }
}
