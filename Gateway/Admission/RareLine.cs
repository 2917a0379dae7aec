namespace ZeroKSync.Gateway.Admission;

/// <summary>Counts what happens and says when a line about it is due: at most one in ten seconds, because a flood must not flood the log too.</summary>
internal sealed class RareLine(TimeProvider time)
{
    /// <summary>Least time between two lines.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _saidAt;
    private long _unsaid;

    /// <summary>Counts one more.</summary>
    /// <param name="count">Those since the last line, if one is due now.</param>
    public bool IsDue(out long count)
    {
        lock (_gate)
        {
            count = ++_unsaid;
            if (_saidAt is { } saidAt && time.GetElapsedTime(saidAt) < Silence)
                return false;

            _saidAt = time.GetTimestamp();
            _unsaid = 0;
            return true;
        }
    }
}
