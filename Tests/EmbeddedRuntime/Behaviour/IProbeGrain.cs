using Orleans.Concurrency;

namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

/// <summary>Every shape of method and every behaviour the suite asks about.</summary>
[Alias("zks.tests.IProbeGrain")]
public interface IProbeGrain : IGrainWithStringKey
{
    [Alias("Touch")]
    Task TouchAsync();

    [Alias("Add")]
    Task<int> AddAsync(int left, int right);

    [Alias("Note")]
    ValueTask NoteAsync(string what);

    [Alias("Key")]
    ValueTask<string> KeyAsync();

    /// <summary>Awaits until the probe is released.</summary>
    [Alias("Hold")]
    Task HoldAsync();

    /// <summary>Awaits until the token is cancelled.</summary>
    [Alias("HoldUntilCancelled")]
    Task HoldUntilCancelledAsync(CancellationToken cancellationToken);

    [AlwaysInterleave]
    [Alias("Peek")]
    Task<int> PeekAsync();

    [Alias("Throw")]
    Task ThrowAsync(string message);

    /// <summary>True if the scheduler before and after an await is the same, and not the default one.</summary>
    [Alias("StaysOnScheduler")]
    Task<bool> StaysOnSchedulerAsync();

    [Alias("Context")]
    Task<string?> ContextAsync(string key, string? setTo);

    [Alias("ContextOf")]
    Task<string?> ContextOfAsync(IProbeGrain other, string key);

    [Alias("Deactivate")]
    Task DeactivateAsync();

    [Alias("StartTimer")]
    Task StartTimerAsync(TimeSpan period);

    /// <summary>Yields several times with the probe entered: a callback in between would overlap.</summary>
    [Alias("Work")]
    Task WorkAsync();

    [Alias("Call")]
    Task CallAsync(IProbeGrain other, IProbeGrain third);

    [Alias("Tell")]
    Task TellAsync(IProbeObserver observer, int number);
}
