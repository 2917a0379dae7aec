using System.Runtime.InteropServices;

namespace ZeroKSync.Tests.Storage.Sqlite.Faults;

/// <summary>sqlite3_io_methods up to version 2: shared memory, no memory mapping. https://sqlite.org/c3ref/io_methods.html</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMethods
{
    public int Version;
    public delegate* unmanaged<NativeFile*, int> Close;
    public delegate* unmanaged<NativeFile*, byte*, int, long, int> Read;
    public delegate* unmanaged<NativeFile*, byte*, int, long, int> Write;
    public delegate* unmanaged<NativeFile*, long, int> Truncate;
    public delegate* unmanaged<NativeFile*, int, int> Sync;
    public delegate* unmanaged<NativeFile*, long*, int> FileSize;
    public delegate* unmanaged<NativeFile*, int, int> Lock;
    public delegate* unmanaged<NativeFile*, int, int> Unlock;
    public delegate* unmanaged<NativeFile*, int*, int> CheckReservedLock;
    public delegate* unmanaged<NativeFile*, int, void*, int> FileControl;
    public delegate* unmanaged<NativeFile*, int> SectorSize;
    public delegate* unmanaged<NativeFile*, int> DeviceCharacteristics;
    public delegate* unmanaged<NativeFile*, int, int, int, void**, int> ShmMap;
    public delegate* unmanaged<NativeFile*, int, int, int, int> ShmLock;
    public delegate* unmanaged<NativeFile*, void> ShmBarrier;
    public delegate* unmanaged<NativeFile*, int, int> ShmUnmap;
}
