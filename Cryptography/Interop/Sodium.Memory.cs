using System.Runtime.InteropServices;

namespace ZeroKSync.Cryptography.Interop;

internal static partial class Sodium
{
    /// <summary>Memory between guard pages, locked where the system's limit allows, left out of core dumps. Zero on failure.</summary>
    [LibraryImport(Library, EntryPoint = "sodium_malloc")]
    internal static partial nint Allocate(nuint size);

    /// <summary>Zeroes and releases what <see cref="Allocate"/> gave.</summary>
    [LibraryImport(Library, EntryPoint = "sodium_free")]
    internal static partial void Free(nint memory);
}
