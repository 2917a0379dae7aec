using System.Runtime.InteropServices;

namespace ZeroKSync.Tests.Storage.Sqlite.Faults;

/// <summary>sqlite3_file with what the shim keeps: which disk and file it is. The real file follows it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeFile
{
    public NativeMethods* Methods;
    public nint Handle;
}
