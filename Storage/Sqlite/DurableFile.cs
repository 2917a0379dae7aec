using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>Files that are there, whole, after a power failure.</summary>
internal static class DurableFile
{
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

    // ENOSPC
    private const int NoSpace = 28;

    // A name is in its directory, and durable with it. Windows syncs names with their files.
    private static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;

        using Microsoft.Win32.SafeHandles.SafeFileHandle directory = File.OpenHandle(path, FileMode.Open, FileAccess.Read);
        RandomAccess.FlushToDisk(directory);
    }
}
