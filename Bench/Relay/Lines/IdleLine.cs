namespace ZeroKSync.Bench.Relay;

/// <summary>What a client costs that listens and hears nothing: memory of the processes before and after many of them.</summary>
internal static class IdleLine
{
    // What grows once, with the first clients.
    private const int ClientsBefore = 100;
    // PostgreSQL has a process for each.
    private const int PostgresClients = 150;
    private const double MostKibibytes = 96;

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        int log = field.NewLog();
        var rounds = new Rounds();
        foreach (IContestant contestant in field.Contestants)
        {
            int count = contestant.Name == Field.Postgres ? PostgresClients : field.Options.IdleSessions;
            var clients = new List<IAsyncDisposable>();
            await OpenAsync(contestant, log, ClientsBefore, clients, cancellationToken);
            long before = contestant.MemoryBytes;
            await OpenAsync(contestant, log, count, clients, cancellationToken);
            rounds.Add(contestant.Name, new Sample((contestant.MemoryBytes - before) / 1024.0 / count));
            foreach (IAsyncDisposable client in clients)
                await client.DisposeAsync();
        }

        field.Report.Row($"memory for each of {field.Options.IdleSessions} idle clients ({PostgresClients} of PostgreSQL)", "KiB", rounds);
        field.Report.Bound("memory of an idle session, KiB", rounds.Median(field.Relay.Name), MostKibibytes, isLeast: false);
    }

    private static async Task OpenAsync(IContestant contestant, int log, int count, List<IAsyncDisposable> clients, CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
            clients.Add(await contestant.OpenIdleAsync(log, cancellationToken));
    }
}
