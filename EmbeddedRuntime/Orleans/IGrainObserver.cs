using Orleans.Runtime;

namespace Orleans;

/// <summary>An object outside a grain that grains may call one way.</summary>
public interface IGrainObserver : IAddressable;
