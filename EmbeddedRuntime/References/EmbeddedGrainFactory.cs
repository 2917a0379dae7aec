using Orleans;
using ZeroKSync.EmbeddedRuntime.Calls;

namespace ZeroKSync.EmbeddedRuntime.References;

/// <summary>Makes the references of one runtime.</summary>
internal sealed class EmbeddedGrainFactory(EmbeddedGrainRuntime runtime) : IGrainFactory
{
    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        var type = runtime.Catalog.Interface(typeof(TGrainInterface));
        return GrainReference.Create<TGrainInterface>(runtime, type, new GrainAddress(type.Class(grainClassNamePrefix), primaryKey));
    }

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (obj is ObserverReference)
            throw new ArgumentException("It is a reference already.", nameof(obj));

        if (obj is not TGrainObserverInterface)
            throw new ArgumentException($"It is not a {typeof(TGrainObserverInterface).Name}.", nameof(obj));

        return ObserverReference.Create<TGrainObserverInterface>(runtime.Observe(obj));
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (obj is not ObserverReference reference)
            throw new ArgumentException("It is not an observer reference.", nameof(obj));

        reference.Target.Delete();
    }
}
