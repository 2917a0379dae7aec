using System.Runtime.InteropServices;

namespace ZeroKSync.Storage.Sqlite.Interop;

/// <summary><c>sqlite3_vfs</c>, version 3. https://sqlite.org/c3ref/vfs.html</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VfsStruct
{
    public int Version;
    public int FileBytes;
    public int PathnameMax;
    public VfsStruct* Next;
    public byte* Name;
    public void* AppData;
    public delegate* unmanaged<VfsStruct*, byte*, FileStruct*, int, int*, int> Open;
    public delegate* unmanaged<VfsStruct*, byte*, int, int> Delete;
    public void* Access;
    public void* FullPathname;
    public void* DlOpen;
    public void* DlError;
    public void* DlSym;
    public void* DlClose;
    public void* Randomness;
    public void* Sleep;
    public void* CurrentTime;
    public void* GetLastError;
    public void* CurrentTimeInt64;
    public void* SetSystemCall;
    public void* GetSystemCall;
    public void* NextSystemCall;
}
