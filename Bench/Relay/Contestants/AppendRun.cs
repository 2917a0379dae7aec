using System.Diagnostics;

namespace ZeroKSync.Bench.Relay;

/// <summary>How many appends there are to be, how many of them at once, and how long each took. Any thread may ask.</summary>
internal sealed class AppendRun(int inFlight, long count, TimeSpan length)
{
    private readonly Lock _gate = new();
    private readonly List<double> _microseconds = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private long _begun;

    /// <summary>Appends outstanding at once, of one client.</summary>
    public int InFlight => inFlight;

    public int Done => _microseconds.Count;

    public double PerSecond => Done / _watch.Elapsed.TotalSeconds;

    public static AppendRun For(int inFlight, TimeSpan length) => new(inFlight, long.MaxValue, length);

    public static AppendRun Of(int inFlight, long count) => new(inFlight, count, TimeSpan.MaxValue);

    /// <summary>Whether there is one more; then it begins now.</summary>
    public bool TryBegin(out long timestamp)
    {
        timestamp = Stopwatch.GetTimestamp();
        return _watch.Elapsed < length && Interlocked.Increment(ref _begun) <= count;
    }

    /// <summary>One that began then was answered.</summary>
    public void End(long timestamp)
    {
        double microseconds = Stopwatch.GetElapsedTime(timestamp).TotalMicroseconds;
        lock (_gate)
            _microseconds.Add(microseconds);
    }

    /// <summary>No answer is waited for any more.</summary>
    public void Stop() => _watch.Stop();

    public double Quantile(double share) => Quantiles.Of(_microseconds, share);
}
