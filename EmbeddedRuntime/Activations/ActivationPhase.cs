namespace ZeroKSync.EmbeddedRuntime.Activations;

/// <summary>Only forward: Fresh, Active, Ending, Ended; a failed activation goes from Fresh to Ended.</summary>
internal enum ActivationPhase
{
    /// <summary>No instance yet; calls wait.</summary>
    Fresh,

    /// <summary>Calls run.</summary>
    Active,

    /// <summary>OnDeactivateAsync runs or is about to; calls wait for the next activation.</summary>
    Ending,

    /// <summary>Takes nothing any more.</summary>
    Ended,
}
