namespace ZeroKSync.EmbeddedRuntime.Calls;

/// <summary>A turn of an activation: a call, or a timer's callback.</summary>
internal interface IMailboxItem
{
    /// <summary>It may run while others await.</summary>
    bool Interleaves { get; }

    /// <summary>It counts as use of the grain.</summary>
    bool KeepsAlive { get; }

    /// <summary>It belongs to one activation: the next one does not get it, and nobody waits for it.</summary>
    bool IsLocal { get; }

    /// <summary>Its caller has been answered already: it timed out or was cancelled, and need not start.</summary>
    bool IsSettled { get; }

    /// <summary>When it was sent, as a timestamp of the runtime's clock.</summary>
    long SentAt { get; }

    /// <summary>Runs it on the activation's scheduler.</summary>
    /// <returns>What the grain threw, already told to the caller, or null.</returns>
    ValueTask<Exception?> RunAsync(object grain);

    /// <summary>Answers the caller in the grain's place.</summary>
    void Fail(Exception exception);
}
