using System.Diagnostics;

namespace ZeroKSync.Bench.Relay;

/// <summary>Who takes part, and what is known of the run.</summary>
internal sealed class Field(IReadOnlyList<IContestant> contestants, RelayContestant relay, RelayBenchOptions options, Report report)
{
    /// <summary>Names that bounds are about.</summary>
    public const string Redis = "redis", Postgres = "postgres";

    /// <summary>This relay, by its database.</summary>
    public const string OnSqlite = "relay", OnPostgres = "relay-postgres";

    private int _logs;

    public IReadOnlyList<IContestant> Contestants => contestants;

    public RelayContestant Relay => relay;

    public RelayBenchOptions Options => options;

    public Report Report => report;

    /// <summary>A log that no line has used.</summary>
    public int NewLog() => _logs++;

    /// <summary>What an operation cost the contestant and this process.</summary>
    public static async Task<Sample> MeasureAsync(IContestant contestant, Func<Task<(double Value, double Operations)>> work)
    {
        using var own = Process.GetCurrentProcess();
        TimeSpan server = contestant.ProcessorTime;
        TimeSpan client = own.TotalProcessorTime;
        (double value, double operations) = await work();
        own.Refresh();
        return new Sample(value, (contestant.ProcessorTime - server).TotalMicroseconds / operations, (own.TotalProcessorTime - client).TotalMicroseconds / operations);
    }
}
