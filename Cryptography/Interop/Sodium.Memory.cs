using System.Runtime.InteropServices;

namespace ZeroKSync.Cryptography.Interop;

internal static partial class Sodium
{
    /// <summary>Memory between guard pages, locked where the system's limit allows, which it does not say; left out of core dumps. Zero on failure.</summary>
    [LibraryImport(Library, EntryPoint = "sodium_malloc")]
    internal static partial nint Allocate(nuint size);

    /// <summary>Zeroes and releases what <see cref="Allocate"/> gave.</summary>
    [LibraryImport(Library, EntryPoint = "sodium_free")]
    internal static partial void Free(nint memory);

    /// <summary>Locks the pages of a place, once more where they are. Non-zero when the system refuses.</summary>
    [LibraryImport(Library, EntryPoint = "sodium_mlock")]
    internal static partial int Lock(nint memory, nuint length);
}
