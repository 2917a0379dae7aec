using Orleans.Runtime;

namespace Orleans
{
    /// <summary>A reference to a grain.</summary>
    public interface IGrain : IAddressable;

    /// <summary>A grain whose key is a string.</summary>
    public interface IGrainWithStringKey : IGrain;

    /// <summary>An object outside a grain that grains may call one way.</summary>
    public interface IGrainObserver : IAddressable;
}

namespace Orleans.Runtime
{
    /// <summary>Anything a grain call can be addressed to.</summary>
    public interface IAddressable;
}
