namespace ZeroKSync.Client.Sync;

/// <summary>
/// How long to wait before try n: 1, 2, 4, 8, 16, 30 s and 30 s from then on, plus a random share of 5 s, so that the clients of a
/// relay that restarts do not come back together. Randomness is passed in.
/// </summary>
internal static class Backoff
{
    /// <summary>Most that jitter adds.</summary>
    public static readonly TimeSpan MaxJitter = TimeSpan.FromSeconds(5);

    private static readonly int[] StepsSeconds = [1, 2, 4, 8, 16, 30];

    /// <param name="failures">Tries that failed in a row before this wait, from 0.</param>
    /// <param name="jitter">Uniform in [0, 1).</param>
    /// <param name="retryAfter">The relay's own wish, a lower bound; null for none.</param>
    public static TimeSpan Delay(int failures, double jitter, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(failures);
        ArgumentOutOfRangeException.ThrowIfNegative(jitter);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(jitter, 1.0);
        var step = TimeSpan.FromSeconds(StepsSeconds[Math.Min(failures, StepsSeconds.Length - 1)]);
        var wanted = retryAfter > step ? retryAfter.Value : step;
        return wanted + (MaxJitter * jitter);
    }
}
