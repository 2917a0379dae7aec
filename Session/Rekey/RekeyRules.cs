namespace ZeroKSync.Session;

/// <summary>When a session's keys are changed, and when a session without a change ends. Pure: what it knows is passed in.</summary>
public static class RekeyRules
{
    /// <summary>What an end is to do now.</summary>
    public static RekeyDecision Decide(in RekeyFacts facts, RekeyLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (facts.Frames >= limits.FramesHard || facts.Age >= limits.AgeHard)
            return RekeyDecision.End;

        bool isDue = facts.Phase is RekeyPhase.Asked || facts.Frames >= limits.FramesSoft || facts.Age >= limits.AgeSoft;
        if (!isDue)
            return RekeyDecision.Nothing;

        return facts.IsClient ? DecideClient(facts, limits) : DecideRelay(facts);
    }

    /// <summary>Whether a relay takes a client's first message of a rekey.</summary>
    /// <param name="epoch">The current one.</param>
    /// <param name="epochsLive">Epochs whose keys exist.</param>
    public static bool MayBegin(byte epoch, int epochsLive, RekeyLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return epoch < SessionKeys.LastEpoch && epochsLive <= limits.EpochsLive;
    }

    /// <summary>How long until age alone can change what <see cref="Decide"/> says.</summary>
    public static TimeSpan UntilNext(TimeSpan age, RekeyLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        TimeSpan next = age < limits.AgeSoft ? limits.AgeSoft : limits.AgeHard;
        return next > age ? next - age : TimeSpan.Zero;
    }

    // One epoch fewer than allowed must live, since this rekey adds one.
    private static RekeyDecision DecideClient(in RekeyFacts facts, RekeyLimits limits) => facts switch
    {
        { Phase: not (RekeyPhase.Idle or RekeyPhase.Asked) } => RekeyDecision.Nothing,
        { Epoch: SessionKeys.LastEpoch } => RekeyDecision.Reopen,
        _ => facts.EpochsLive < limits.EpochsLive ? RekeyDecision.Start : RekeyDecision.Nothing,
    };

    private static RekeyDecision DecideRelay(in RekeyFacts facts) =>
        facts is { Phase: RekeyPhase.Idle, Epoch: < SessionKeys.LastEpoch } ? RekeyDecision.Ask : RekeyDecision.Nothing;
}
