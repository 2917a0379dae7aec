using Orleans.Runtime;
using ZeroKSync.EmbeddedRuntime.Activations;

namespace Orleans;

/// <summary>The base of every grain: reaches the activation it runs in. Its members are for the grain's own turns.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly Activation? _activation = Activation.UnderConstruction;

    protected Grain()
    {
    }

    /// <summary>Type and key. It holds the key, so it never goes into a log.</summary>
    public string IdentityString => Activation.Identity;

    protected IGrainFactory GrainFactory => Activation.Runtime.Factory;

    /// <summary>Services of this activation's own scope.</summary>
    protected internal IServiceProvider ServiceProvider => Activation.Services;

    internal Activation Activation => _activation ?? throw new InvalidOperationException("This grain was not made by the grain runtime.");

    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the activation after the current call; calls that wait go to the next activation.</summary>
    protected void DeactivateOnIdle() => Activation.RequestDeactivation(
        new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The grain asked for it."));

    /// <summary>Not idle before this time has passed; zero or less takes an earlier wish back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.DelayDeactivation(timeSpan);
}
