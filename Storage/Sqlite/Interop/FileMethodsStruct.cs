using System.Runtime.InteropServices;

namespace ZeroKSync.Storage.Sqlite.Interop;

/// <summary><c>sqlite3_io_methods</c>, version 1: all that a write-ahead log's file is used by. https://sqlite.org/c3ref/io_methods.html</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FileMethodsStruct
{
    public int Version;
    public delegate* unmanaged<FileStruct*, int> Close;
    public delegate* unmanaged<FileStruct*, byte*, int, long, int> Read;
    public delegate* unmanaged<FileStruct*, byte*, int, long, int> Write;
    public delegate* unmanaged<FileStruct*, long, int> Truncate;
    public delegate* unmanaged<FileStruct*, int, int> Sync;
    public delegate* unmanaged<FileStruct*, long*, int> FileSize;
    public void* Lock;
    public void* Unlock;
    public void* CheckReservedLock;
    public void* FileControl;
    public void* SectorSize;
    public void* DeviceCharacteristics;
}
