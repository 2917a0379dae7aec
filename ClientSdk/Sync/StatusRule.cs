namespace ZeroKSync.Client.Sync;

/// <summary>The status as a function of the facts: never Synced without proof.</summary>
internal static class StatusRule
{
    public static SyncStatus Of(in StatusFacts facts)
    {
        if (facts.Phase == ConnectionPhase.Stopped)
            return new SyncStatus(SyncState.SyncFailed, facts.Pending, facts.Failure, $"Stopped: {Reason(facts.Failure)} Changes are kept on this device.");

        if (facts.Phase == ConnectionPhase.Idle)
            return SyncStatus.Offline(facts.Pending);

        if (facts.Phase != ConnectionPhase.Active)
            return new SyncStatus(SyncState.Connecting, facts.Pending, facts.Failure, "Connecting; changes are kept on this device meanwhile.");

        if (facts.Failure is { } failure)
            return new SyncStatus(SyncState.SyncFailed, facts.Pending, failure, $"Pushing stopped: {Reason(failure)} Changes are kept on this device.");

        if (facts.ReadFailure is { } reading)
            return new SyncStatus(SyncState.SyncFailed, facts.Pending, reading, $"Reading stopped: {Reason(reading)}");

        if (facts.IsWithheld)
            return new SyncStatus(SyncState.SyncFailed, facts.Pending, SyncErrorKind.RelayWithholding, "The relay keeps back what another device says was sent.");

        if (facts.Troubled > 0 || facts.HasGaps)
            return new SyncStatus(SyncState.SyncFailed, facts.Pending, SyncErrorKind.OutOfStep, "Something another device sent is missing or cannot be opened.");

        if (facts.Pending > 0)
            return new SyncStatus(SyncState.PendingSync, facts.Pending, null, $"{facts.Pending} to send.");

        return facts.IsCaughtUp && facts.Behind == 0
            ? new SyncStatus(SyncState.Synced, 0, null, "Synced.")
            : new SyncStatus(SyncState.Connected, 0, null, "Connected; looking for what is new.");
    }

    private static string Reason(SyncErrorKind? failure) => failure switch
    {
        SyncErrorKind.WrongRelay => "the relay is not the one that was named.",
        SyncErrorKind.Unauthorized => "the relay does not admit this device.",
        SyncErrorKind.DeviceRevoked => "this device was revoked.",
        SyncErrorKind.Superseded => "another session of this device took over.",
        SyncErrorKind.Forked => "this device's state looks like a copy of another's.",
        SyncErrorKind.QuotaExceeded => "the group's room at the relay is used up.",
        SyncErrorKind.UnsupportedVersion => "the relay speaks another version.",
        SyncErrorKind.OutOfStep => "the relay and this device do not agree on the group's state.",
        SyncErrorKind.RotationFork => "the relay shows another history of the group's keys than this device's.",
        SyncErrorKind.QuarantineFull => "what does not open or is missing fills the room this device keeps for it.",
        _ => "the relay cannot be used.",
    };
}
