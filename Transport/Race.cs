namespace ZeroKSync.Transport;

/// <summary>Several ways to the same peer, most wanted first; the first that works is taken and the others are dropped (RFC 8305 section 5).</summary>
internal static class Race
{
    /// <summary>Each next way joins when <paramref name="headStart"/> has passed or all before it have failed.</summary>
    /// <exception cref="TransportException">All failed: the failure of the most wanted.</exception>
    public static async Task<TransportConnection> RunAsync(
        IReadOnlyList<Func<CancellationToken, Task<TransportConnection>>> ways, TimeSpan headStart, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new List<Task<TransportConnection>>();
        Task<TransportConnection>? winner = null;
        try
        {
            do
            {
                if (attempts.Count < ways.Count)
                    attempts.Add(ways[attempts.Count](over.Token));

                winner = await FirstAsync(attempts, attempts.Count < ways.Count ? headStart : Timeout.InfiniteTimeSpan, timeProvider, over.Token).ConfigureAwait(false);
            }
            while (winner is null && (attempts.Count < ways.Count || attempts.Any(attempt => !attempt.IsCompleted)));

            return await (winner ?? attempts[0]).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            foreach (Task<TransportConnection> attempt in attempts.Where(attempt => attempt != winner))
                _ = DropAsync(attempt);
        }
    }

    // The first success; null where all have failed or the time is up.
    private static async Task<Task<TransportConnection>?> FirstAsync(List<Task<TransportConnection>> attempts, TimeSpan patience, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task late = Task.Delay(patience, timeProvider, timer.Token);
        try
        {
            while (true)
            {
                // In this order: one that succeeds in between is found, and not taken for one of those that are over and failed.
                Task[] open = [.. attempts.Where(attempt => !attempt.IsCompleted)];
                if (attempts.Find(attempt => attempt.IsCompletedSuccessfully) is { } winner)
                    return winner;

                cancellationToken.ThrowIfCancellationRequested();
                if (open.Length == 0 || late.IsCompleted)
                    return null;

                await Task.WhenAny([late, .. open]).ConfigureAwait(false);
            }
        }
        finally
        {
            await timer.CancelAsync().ConfigureAwait(false);
        }
    }

    private static async Task DropAsync(Task<TransportConnection> attempt)
    {
        try
        {
            TransportConnection connection = await attempt.ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TransportException or OperationCanceledException or ObjectDisposedException)
        {
            // It lost: how is of no interest.
        }
    }
}
