using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>What became of a page.</summary>
/// <param name="Through">Everything up to it is durable here, and nothing above may be acknowledged.</param>
/// <param name="IsBroken">A sender's chain is broken by it.</param>
/// <param name="IsFull">The rest of the page is not kept: the room for what does not open is full.</param>
internal readonly record struct InboxTaken(Cursor Through, bool IsBroken, bool IsFull);
