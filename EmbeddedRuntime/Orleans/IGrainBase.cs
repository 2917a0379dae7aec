namespace Orleans;

/// <summary>What the runtime calls on every grain.</summary>
public interface IGrainBase
{
    /// <summary>Runs after construction and after persistent state was read, before the first call.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last call. It does not run when the process dies, so nothing may depend on it.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
