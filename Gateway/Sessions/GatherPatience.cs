namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// Whether a batch is worth waiting for. A sender that was answered sends as many again, and one that is near does so within moments; one that is
/// far does not, and waiting for it is the processor's time for nothing. So a wait in vain is followed by batches that are not waited for, the more
/// of them the more often it was in vain.
/// </summary>
internal sealed class GatherPatience
{
    // 2^6: a far sender is waited for once in 64 batches, in case it came near.
    private const int InVainMax = 6;

    private int _inVain;
    private int _skip;

    /// <summary>Whether the next batch is to be waited for.</summary>
    public bool MayWait()
    {
        if (_skip == 0)
            return true;

        _skip--;
        return false;
    }

    /// <summary>A batch was waited for.</summary>
    /// <param name="isWhole">All that were expected came.</param>
    public void Waited(bool isWhole)
    {
        _inVain = isWhole ? 0 : Math.Min(_inVain + 1, InVainMax);
        _skip = isWhole ? 0 : 1 << _inVain;
    }
}
