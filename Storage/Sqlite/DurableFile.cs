using System.Runtime.InteropServices;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>Files that are there, whole, after a power failure.</summary>
internal static class DurableFile
{
    private const int OpenReadOnly = 0;

    // ENOSPC
    private const int NoSpace = 28;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Readable by the owner alone, and on disk.</summary>
    public static void Seal(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, OwnerOnly);

        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Gives a sealed file its name, in the place of what had it.</summary>
    public static void Move(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    public static StorageException Failed(string what, Exception exception) => exception switch
    {
        IOException { HResult: NoSpace } => new StorageException(StorageErrorKind.Full, $"{what}: the disk is full.", exception),
        UnauthorizedAccessException => new StorageException(StorageErrorKind.CannotOpen, $"{what}: no right to.", exception),
        _ => new StorageException(StorageErrorKind.CannotOpen, $"{what}: {exception.GetType().Name}.", exception),
    };

    // A name is in its directory, and durable with it. Windows syncs names with their files.
    private static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;

        int directory = Open(System.Text.Encoding.UTF8.GetBytes(path + '\0'), OpenReadOnly);
        if (directory < 0)
            throw new IOException("A directory could not be opened to sync it.", Marshal.GetLastPInvokeError());

        int result = Sync(directory);
        int error = Marshal.GetLastPInvokeError();
        Close(directory);
        if (result != 0)
            throw new IOException("A directory could not be synced.", error);
    }

    // The framework opens files only. The calls are the same on every Unix.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
