using System.Runtime.InteropServices;

namespace ZeroKSync.Storage;

/// <summary>The drivers bind whole arrays only.</summary>
internal static class WholeArray
{
    /// <summary>The memory's own array where it is all of it, else a copy.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();
}
