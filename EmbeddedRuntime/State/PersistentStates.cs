using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using ZeroKSync.EmbeddedRuntime.Activations;
using ZeroKSync.EmbeddedRuntime.Calls;

namespace ZeroKSync.EmbeddedRuntime.State;

/// <summary>Makes the states a grain's constructor asks for.</summary>
internal static class PersistentStates
{
    public static object Create<TState>(Activation activation, PersistentStateAttribute attribute)
    {
        var address = activation.Address;
        var state = new PersistentState<TState>(
            activation.Services.GetRequiredService<IEmbeddedGrainStorage>(),
            new EmbeddedStateKey(attribute.StorageName, attribute.StateName, address.Class.Name, address.Key));
        activation.ReadBeforeFirstCall(state);
        return state;
    }
}
