using Orleans.Runtime;

namespace Orleans;

/// <summary>A reference to a grain.</summary>
public interface IGrain : IAddressable;
