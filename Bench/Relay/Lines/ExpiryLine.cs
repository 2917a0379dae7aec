using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ZeroKSync.Bench.Relay;

/// <summary>A week's blobs that are all due at once: appends before, and from then on until they are gone.</summary>
internal static partial class ExpiryLine
{
    private const int InFlight = 32;
    private const int FillInFlight = 512;
    private const double MostTimesBefore = 3;
    // Blobs of one session: an epoch of its keys ends it at 2^21 frames.
    private const int PerSession = 500_000;
    // To fill, at the least rate that this is run at; and for all of them to go.
    private const int FillPerSecond = 8_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        RelayContestant relay = field.Relay;
        int due = field.Options.ExpiredBlobs;
        TimeSpan life = TimeSpan.FromSeconds(due / FillPerSecond);
        var sinceFilling = Stopwatch.StartNew();
        int filled = field.NewLog();
        for (int left = due; left > 0;)
        {
            // Due at the same moment, whenever they were pushed.
            int some = Math.Min(left, PerSession / 10);
            uint ttl = (uint)Math.Max(1, (life - sinceFilling.Elapsed).TotalSeconds);
            await using RelayAppender appender = await relay.OpenAppenderAsync(filled, ttl, cancellationToken);
            await appender.RunAsync(AppendRun.Of(FillInFlight, some), cancellationToken);
            left -= some;
        }

        long goneBefore = CountExpired(relay);
        await using IAppender pushing = await relay.OpenAppenderAsync(field.NewLog(), cancellationToken);
        var before = new List<double>();
        var during = new List<double>();
        long gone = 0;
        var patience = Stopwatch.StartNew();
        while (gone < due && patience.Elapsed < life + Patience)
        {
            var run = AppendRun.For(InFlight, field.Options.Length);
            await pushing.RunAsync(run, cancellationToken);
            long now = CountExpired(relay) - goneBefore;
            // A round in which it began or ended is neither.
            if (now == 0)
                before.Add(run.Quantile(0.99) / 1000);
            else if (gone > 0 && now < due)
                during.Add(run.Quantile(0.99) / 1000);

            gone = now;
        }

        double times = Quantiles.Median(during) / Quantiles.Median(before);
        field.Report.Say($"{due} blobs due at once: {gone} gone; push p99 with {InFlight} in flight {Quantiles.Median(before):0.00} ms before ({before.Count} rounds), {Quantiles.Median(during):0.00} ms meanwhile ({during.Count} rounds)");
        field.Report.Bound($"push p99 while {due} blobs expire, times that before", times, MostTimesBefore, isLeast: false);
        field.Report.Bound("expired blobs, share gone", gone / (double)due, 1, isLeast: true);
    }

    private static long CountExpired(RelayContestant relay)
    {
        using var file = new FileStream(relay.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return Expired().Matches(reader.ReadToEnd()).Sum(match => long.Parse(match.Groups["rows"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("(?<rows>[0-9]+) rows expired")]
    private static partial Regex Expired();
}
