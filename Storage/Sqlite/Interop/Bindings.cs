using System.Runtime.InteropServices;

namespace ZeroKSync.Storage.Sqlite.Interop;

/// <summary>
/// The two calls that an append makes most often, without the counting of references that the driver's handles cost at each: whoever calls them
/// keeps the statement. https://sqlite.org/c3ref/bind_blob.html
/// </summary>
internal static unsafe partial class Bindings
{
    // SQLITE_TRANSIENT: SQLite copies what it is given.
    private const nint Copied = -1;

    /// <summary>Binds an integer; it neither waits nor allocates.</summary>
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_bind_int64")]
    [SuppressGCTransition]
    public static partial int BindInteger(nint statement, int place, long value);

    /// <summary>Binds a copy of the bytes, of which there is at least one: none would have no address, and be taken for null.</summary>
    public static int BindBlob(nint statement, int place, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
            return BindBlob(statement, place, first, bytes.Length, Copied);
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindBlob(nint statement, int place, byte* bytes, int count, nint destructor);
}
