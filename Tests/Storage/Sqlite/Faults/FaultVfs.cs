using System.Runtime.InteropServices;
using System.Text;

namespace ZeroKSync.Tests.Storage.Sqlite.Faults;

/// <summary>
/// A layer below SQLite that passes every call on to the system's and tells a <see cref="FaultDisk"/> of writes, truncations and syncs first;
/// where the disk says no, SQLite gets the error that a system would give.
/// </summary>
internal sealed unsafe partial class FaultVfs
{
    private const int Ok = 0;
    private const int Full = 13;
    private const int IoErrorFsync = 10 | (4 << 8);
    private const int MethodsVersion = 2;

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<nint, FaultDisk> Disks = [];
    private static readonly NativeVfs* Below;
    private static readonly NativeMethods* Methods;

    static FaultVfs()
    {
        SQLitePCL.Batteries_V2.Init();
        Below = Find(null);
        Methods = (NativeMethods*)NativeMemory.AllocZeroed((nuint)sizeof(NativeMethods));
        *Methods = new NativeMethods
        {
            Version = MethodsVersion,
            Close = &Close,
            Read = &Read,
            Write = &Write,
            Truncate = &Truncate,
            Sync = &Sync,
            FileSize = &FileSize,
            Lock = &Lock,
            Unlock = &Unlock,
            CheckReservedLock = &CheckReservedLock,
            FileControl = &FileControl,
            SectorSize = &SectorSize,
            DeviceCharacteristics = &DeviceCharacteristics,
            ShmMap = &ShmMap,
            ShmLock = &ShmLock,
            ShmBarrier = &ShmBarrier,
            ShmUnmap = &ShmUnmap,
        };
    }

    private FaultVfs(string name, FaultDisk disk)
    {
        Name = name;
        Disk = disk;
    }

    public string Name { get; }

    public FaultDisk Disk { get; }

    /// <summary>Registers one for the rest of the process, which is a test's.</summary>
    public static FaultVfs Register(string name)
    {
        var vfs = new FaultVfs(name, new FaultDisk());
        var native = (NativeVfs*)NativeMemory.AllocZeroed((nuint)sizeof(NativeVfs));
        *native = *Below;
        native->Next = null;
        native->Name = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        native->FileBytes = sizeof(NativeFile) + Below->FileBytes;
        native->Open = &Open;
        native->Delete = &Delete;
        // Found again by its place: the system's own data stays where its functions look for it.
        Disks[(nint)native] = vfs.Disk;
        if (Register(native, 0) != Ok)
            throw new InvalidOperationException("SQLite did not take the layer.");

        return vfs;
    }

    private static NativeFile* Real(NativeFile* file) => file + 1;

    private static (FaultDisk Disk, string Path) Owner(NativeFile* file) => ((FaultDisk, string))GCHandle.FromIntPtr(file->Handle).Target!;

    [UnmanagedCallersOnly]
    private static int Open(NativeVfs* vfs, byte* name, NativeFile* file, int flags, int* outFlags)
    {
        file->Methods = null;
        int result = Below->Open(Below, name, Real(file), flags, outFlags);
        if (result != Ok)
            return result;

        string path = name is null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        file->Handle = GCHandle.ToIntPtr(GCHandle.Alloc((Disks[(nint)vfs], path)));
        file->Methods = Methods;
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int Delete(NativeVfs* vfs, byte* name, int isSynced)
    {
        Disks[(nint)vfs].Delete(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)));
        return Below->Delete(Below, name, isSynced);
    }

    [UnmanagedCallersOnly]
    private static int Close(NativeFile* file)
    {
        GCHandle.FromIntPtr(file->Handle).Free();
        return Real(file)->Methods->Close(Real(file));
    }

    [UnmanagedCallersOnly]
    private static int Write(NativeFile* file, byte* bytes, int count, long offset)
    {
        (FaultDisk disk, string path) = Owner(file);
        return disk.TryWrite(path, offset, new ReadOnlySpan<byte>(bytes, count)) ? Real(file)->Methods->Write(Real(file), bytes, count, offset) : Full;
    }

    [UnmanagedCallersOnly]
    private static int Truncate(NativeFile* file, long length)
    {
        (FaultDisk disk, string path) = Owner(file);
        disk.Truncate(path, length);
        return Real(file)->Methods->Truncate(Real(file), length);
    }

    [UnmanagedCallersOnly]
    private static int Sync(NativeFile* file, int flags)
    {
        (FaultDisk disk, string path) = Owner(file);
        return disk.TrySync(path) ? Real(file)->Methods->Sync(Real(file), flags) : IoErrorFsync;
    }

    [UnmanagedCallersOnly]
    private static int Read(NativeFile* file, byte* bytes, int count, long offset) => Real(file)->Methods->Read(Real(file), bytes, count, offset);

    [UnmanagedCallersOnly]
    private static int FileSize(NativeFile* file, long* size) => Real(file)->Methods->FileSize(Real(file), size);

    [UnmanagedCallersOnly]
    private static int Lock(NativeFile* file, int level) => Real(file)->Methods->Lock(Real(file), level);

    [UnmanagedCallersOnly]
    private static int Unlock(NativeFile* file, int level) => Real(file)->Methods->Unlock(Real(file), level);

    [UnmanagedCallersOnly]
    private static int CheckReservedLock(NativeFile* file, int* result) => Real(file)->Methods->CheckReservedLock(Real(file), result);

    [UnmanagedCallersOnly]
    private static int FileControl(NativeFile* file, int operation, void* argument) => Real(file)->Methods->FileControl(Real(file), operation, argument);

    [UnmanagedCallersOnly]
    private static int SectorSize(NativeFile* file) => Real(file)->Methods->SectorSize(Real(file));

    // None: no promise of the system's about sectors that keep their neighbours.
    [UnmanagedCallersOnly]
    private static int DeviceCharacteristics(NativeFile* file) => 0;

    [UnmanagedCallersOnly]
    private static int ShmMap(NativeFile* file, int region, int bytes, int extend, void** memory) => Real(file)->Methods->ShmMap(Real(file), region, bytes, extend, memory);

    [UnmanagedCallersOnly]
    private static int ShmLock(NativeFile* file, int offset, int count, int flags) => Real(file)->Methods->ShmLock(Real(file), offset, count, flags);

    [UnmanagedCallersOnly]
    private static void ShmBarrier(NativeFile* file) => Real(file)->Methods->ShmBarrier(Real(file));

    [UnmanagedCallersOnly]
    private static int ShmUnmap(NativeFile* file, int delete) => Real(file)->Methods->ShmUnmap(Real(file), delete);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    private static partial NativeVfs* Find(byte* name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static partial int Register(NativeVfs* vfs, int makeDefault);
}
