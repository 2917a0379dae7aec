using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>A grain's stored state, read before the first call and written when the grain says so.</summary>
public interface IPersistentState<TState> : IStorage<TState>;
