using Orleans.Runtime;
using ZeroKSync.EmbeddedRuntime.References;

namespace Orleans;

/// <summary>What a reference or a grain tells about its key.</summary>
public static class GrainExtensions
{
    /// <summary>The key. It is an id: it never goes into a log or an exception text.</summary>
    /// <exception cref="ArgumentException">Neither a grain nor a reference to one.</exception>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.Address.Key,
        Grain inside => inside.Activation.Address.Key,
        _ => throw new ArgumentException("Neither a grain nor a reference to one.", nameof(grain)),
    };
}
