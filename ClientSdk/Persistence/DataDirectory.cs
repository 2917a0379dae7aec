using System.Security.Cryptography;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Client.Persistence;

/// <summary>
/// The folder a device owns: mode 0700, its files 0600, one process at a time. The two secrets (the device's keys, the group record) are
/// files of their own and never in the database, whose log and copies would spread them.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    internal const string DeviceKeyFile = "device.key";

    private const string LockFile = "device.lock";
    private const string GroupKeyFile = "group.key";
    private const string DatabaseFile = "device.db";
    private const int KeyFileBytesMax = SecretBytes.LengthMax;
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream fileLock)
    {
        _path = path;
        _lock = fileLock;
    }

    public string DatabasePath => Path.Combine(_path, DatabaseFile);

    public bool HasDevice => File.Exists(Path.Combine(_path, DeviceKeyFile));

    /// <summary>Takes the folder, and makes it where it is not there and may be made.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorKind.LocalStore"/>; <see cref="SyncErrorKind.WrongState"/> where there is no device and none is wanted.</exception>
    public static DataDirectory Open(string path, bool mayCreate)
    {
        try
        {
            if (!mayCreate && !File.Exists(Path.Combine(path, DeviceKeyFile)))
                throw new SyncException(SyncErrorKind.WrongState, "There is no device in this directory yet.");

            CreateFolder(path);
            FileStream fileLock = OpenLock(Path.Combine(path, LockFile));
            // Made here, because the database engine would make it with the process's own mode; its log takes the mode of the file.
            using (new FileStream(Path.Combine(path, DatabaseFile), Options(FileMode.OpenOrCreate, FileShare.ReadWrite)))
                return new DataDirectory(path, fileLock);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unusable("The data directory is not this user's to read and write.", exception);
        }
        catch (IOException exception)
        {
            throw Unusable("The data directory cannot be used: it is in use by another process, or it is not a directory.", exception);
        }
    }

    /// <summary>The device's keys, made the first time.</summary>
    public DeviceKeys LoadOrCreateDevice()
    {
        string path = Path.Combine(_path, DeviceKeyFile);
        if (File.Exists(path))
        {
            return ReadSecret(path, bytes => bytes.Length == DeviceKeys.StoredBytes
                ? DeviceKeys.Load(bytes)
                : throw Unusable("The device's key file is damaged.", null));
        }

        DeviceKeys keys = DeviceKeys.Generate();
        using SecretBytes stored = SecretBytes.Create(DeviceKeys.StoredBytes);
        keys.Save(stored.Writable);
        WriteSecret(path, stored.Span);
        return keys;
    }

    /// <summary>The group this device is in, or null.</summary>
    public GroupRecord? LoadGroup()
    {
        string path = Path.Combine(_path, GroupKeyFile);
        return !File.Exists(path) ? null : ReadSecret(path, bytes => GroupRecord.TryDecode(bytes, out GroupRecord? record)
            ? record
            : throw Unusable("The group's key file is damaged.", null));
    }

    /// <summary>Keeps the group with its newest secret; on disk when it returns. The older ones are kept sealed, by <see cref="GroupKeeper"/>.</summary>
    public void SaveGroup(GroupRecord record)
    {
        using SecretBytes bytes = record.Encode(secretsMax: 1);
        WriteSecret(Path.Combine(_path, GroupKeyFile), bytes.Span);
    }

    public void Dispose() => _lock.Dispose();

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FolderMode);
    }

    private static FileStream OpenLock(string path) => new(path, Options(FileMode.OpenOrCreate, FileShare.None));

    private static FileStreamOptions Options(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;

        return options;
    }

    private static T ReadSecret<T>(string path, Func<byte[], T> use)
    {
        byte[] bytes = [];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (file.Length > KeyFileBytesMax)
                throw Unusable("A key file of this device is too long to be one.", null);

            // Pinned: the garbage collector makes no copy of what is wiped below.
            bytes = GC.AllocateArray<byte>((int)file.Length, pinned: true);
            file.ReadExactly(bytes);
            return use(bytes);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unusable("A key file of this device cannot be read.", exception);
        }
        catch (IOException exception)
        {
            throw Unusable("A key file of this device cannot be read.", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    // Beside it first, then in its place: a crash leaves the old file or the new one, never half of one.
    private static void WriteSecret(string path, ReadOnlySpan<byte> bytes)
    {
        string fresh = path + ".new";
        try
        {
            using (var file = new FileStream(fresh, Options(FileMode.Create, FileShare.None)))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unusable("A key file of this device cannot be written.", exception);
        }
        catch (IOException exception)
        {
            throw Unusable("A key file of this device cannot be written.", exception);
        }
    }

    private static SyncException Unusable(string message, Exception? inner) => new(SyncErrorKind.LocalStore, message, inner: inner);
}
