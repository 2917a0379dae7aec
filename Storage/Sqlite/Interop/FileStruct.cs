using System.Runtime.InteropServices;

namespace ZeroKSync.Storage.Sqlite.Interop;

/// <summary><c>sqlite3_file</c>: what a layer keeps of an open file follows it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FileStruct
{
    public FileMethodsStruct* Methods;
}
