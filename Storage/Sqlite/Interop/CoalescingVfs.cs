using System.Runtime.InteropServices;

namespace ZeroKSync.Storage.Sqlite.Interop;

/// <summary>
/// A layer below SQLite that writes a transaction's frames to the write-ahead log with one call instead of two for each page; everything else
/// goes to the layer below it, which also syncs. For the one connection that writes a database: others would not see each other's frames in order.
/// </summary>
internal static unsafe partial class CoalescingVfs
{
    private const int Ok = 0;
    private const int LogFile = 0x80000;
    private const int Alignment = 16;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, string> Names = [];

    // The layer below each of ours.
    private static readonly Dictionary<nint, nint> Layers = [];

    /// <summary>Registers the layer over another, once, and returns its name.</summary>
    /// <param name="below">The other's name; null is the system's.</param>
    public static string Over(string? below)
    {
        lock (Gate)
        {
            string key = below ?? string.Empty;
            if (!Names.TryGetValue(key, out string? name))
            {
                name = below is null ? "zks-coalescing" : $"zks-coalescing-{below}";
                Register(name, below);
                Names.Add(key, name);
            }

            return name;
        }
    }

    private static void Register(string name, string? below)
    {
        VfsStruct* system = Find(below);
        if (system is null)
            throw new ArgumentException("SQLite has no such layer.", nameof(below));

        // For the rest of the process, as SQLite keeps it.
        var layer = (VfsStruct*)NativeMemory.Alloc((nuint)sizeof(VfsStruct));
        *layer = *system;
        layer->Next = null;
        layer->Name = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        layer->FileBytes = HeldOffset(system) + sizeof(HeldFrames) + sizeof(FileMethodsStruct);
        layer->Open = &Open;
        layer->Delete = &Delete;
        Layers.Add((nint)layer, (nint)system);
        if (Register(layer, 0) != Ok)
            throw new InvalidOperationException("SQLite did not take the layer.");
    }

    private static VfsStruct* Below(VfsStruct* layer)
    {
        lock (Gate)
            return (VfsStruct*)Layers[(nint)layer];
    }

    private static int HeldOffset(VfsStruct* below) => (below->FileBytes + Alignment - 1) / Alignment * Alignment;

    // The methods of a log's file lie behind its frames.
    private static HeldFrames* Held(FileStruct* file) => (HeldFrames*)file->Methods - 1;

    [UnmanagedCallersOnly]
    private static int Open(VfsStruct* layer, byte* name, FileStruct* file, int flags, int* outFlags)
    {
        VfsStruct* below = Below(layer);
        int result = below->Open(below, name, file, flags, outFlags);
        if (result != Ok || (flags & LogFile) == 0)
            return result;

        var held = (HeldFrames*)((byte*)file + HeldOffset(below));
        held->Open(file->Methods);
        var methods = (FileMethodsStruct*)(held + 1);
        *methods = *file->Methods;
        methods->Version = 1;
        methods->Close = &Close;
        methods->Read = &Read;
        methods->Write = &Write;
        methods->Truncate = &Truncate;
        methods->Sync = &Sync;
        methods->FileSize = &FileSize;
        file->Methods = methods;
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int Delete(VfsStruct* layer, byte* name, int isSynced)
    {
        VfsStruct* below = Below(layer);
        return below->Delete(below, name, isSynced);
    }

    // Frames of a transaction that was given up are not missed.
    [UnmanagedCallersOnly]
    private static int Close(FileStruct* file)
    {
        HeldFrames* held = Held(file);
        held->Close();
        return held->Below->Close(file);
    }

    [UnmanagedCallersOnly]
    private static int Read(FileStruct* file, byte* bytes, int count, long offset)
    {
        HeldFrames* held = Held(file);
        int result = held->Settle(file);
        if (result != Ok || (result = held->Below->Read(file, bytes, count, offset)) != Ok)
            return result;

        held->LookAt(bytes, count, offset);
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int Write(FileStruct* file, byte* bytes, int count, long offset) => Held(file)->Write(file, bytes, count, offset);

    [UnmanagedCallersOnly]
    private static int Truncate(FileStruct* file, long length)
    {
        HeldFrames* held = Held(file);
        int result = held->Settle(file);
        return result == Ok ? held->Below->Truncate(file, length) : result;
    }

    [UnmanagedCallersOnly]
    private static int Sync(FileStruct* file, int flags)
    {
        HeldFrames* held = Held(file);
        int result = held->Flush(file);
        return result == Ok ? held->Below->Sync(file, flags) : result;
    }

    [UnmanagedCallersOnly]
    private static int FileSize(FileStruct* file, long* size)
    {
        HeldFrames* held = Held(file);
        int result = held->Settle(file);
        return result == Ok ? held->Below->FileSize(file, size) : result;
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find", StringMarshalling = StringMarshalling.Utf8)]
    private static partial VfsStruct* Find(string? name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static partial int Register(VfsStruct* vfs, int makeDefault);
}
