using System.Reflection;
using Orleans;

namespace ZeroKSync.EmbeddedRuntime.References;

/// <summary>What an observer interface is to a grain: each call is queued one way.</summary>
#pragma warning disable CA1852 // The proxy derives from it.
internal class ObserverReference : DispatchProxy
#pragma warning restore CA1852
{
    public ObserverTarget Target { get; private set; } = null!;

    public static TObserver Create<TObserver>(ObserverTarget target)
        where TObserver : IGrainObserver
    {
        if (Methods(typeof(TObserver)).FirstOrDefault(method => method.ReturnType != typeof(void) || method.IsGenericMethodDefinition) is { } wrong)
            throw new ArgumentException($"{typeof(TObserver).Name}.{wrong.Name}: an observer's methods are one way, so they return nothing.", nameof(target));

        var proxy = Create<TObserver, ObserverReference>();
        ((ObserverReference)(object)proxy).Target = target;
        return proxy;
    }

    public override bool Equals(object? obj) => obj is ObserverReference other && ReferenceEquals(Target, other.Target);

    public override int GetHashCode() => Target.GetHashCode();

    public override string ToString() => "reference to an observer";

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Target.Post(targetMethod!, args ?? []);
        return null;
    }

    private static IEnumerable<MethodInfo> Methods(Type type) => type.GetInterfaces().Append(type).SelectMany(part => part.GetMethods());
}
