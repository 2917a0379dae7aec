namespace ZeroKSync.Bench.Relay;

/// <summary>Keeps a run's number of requests outstanding for a client whose requests are tasks that are answered in their order.</summary>
internal static class AppendWindow
{
    public static async Task RunAsync(AppendRun run, Func<Task> append)
    {
        var waiting = new Queue<(Task Task, long Begun)>(run.InFlight);
        while (true)
        {
            while (waiting.Count < run.InFlight && run.TryBegin(out long now))
                waiting.Enqueue((append(), now));

            if (!waiting.TryDequeue(out (Task Task, long Begun) first))
                return;

            await first.Task;
            run.End(first.Begun);
        }
    }
}
