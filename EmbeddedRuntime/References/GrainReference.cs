using System.Reflection;
using ZeroKSync.EmbeddedRuntime.Activations;
using ZeroKSync.EmbeddedRuntime.Calls;

namespace ZeroKSync.EmbeddedRuntime.References;

/// <summary>What a grain interface is at its caller: turns each method into a call. Equal when it names the same grain.</summary>
#pragma warning disable CA1852 // The proxy derives from it.
internal class GrainReference : DispatchProxy
#pragma warning restore CA1852
{
    private GrainInterface _interface = null!;
    private Activation? _last;

    public EmbeddedGrainRuntime Runtime { get; private set; } = null!;

    public GrainAddress Address { get; private set; }

    public static TGrainInterface Create<TGrainInterface>(EmbeddedGrainRuntime runtime, GrainInterface type, GrainAddress address)
    {
        var proxy = Create<TGrainInterface, GrainReference>();
        var reference = (GrainReference)(object)proxy!;
        reference.Runtime = runtime;
        reference.Address = address;
        reference._interface = type;
        return proxy;
    }

    /// <summary>Puts the call into the mailbox of the grain's activation; makes one where there is none.</summary>
    public void Send(IMailboxItem call)
    {
        // The last activation saves a search; whether it has ended it says itself.
        if (_last is null || !_last.TryAccept(call))
            _last = Runtime.Deliver(Address, call);
    }

    public override bool Equals(object? obj) => obj is GrainReference other && Address == other.Address;

    public override int GetHashCode() => Address.GetHashCode();

    public override string ToString() => $"reference to {_interface.Type.Name}";

    protected override object Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _interface.Method(targetMethod!).Send(this, args ?? []);
}
