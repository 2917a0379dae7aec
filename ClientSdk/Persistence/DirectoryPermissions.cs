namespace ZeroKSync.Client.Persistence;

/// <summary>Looks at a data directory from outside: what it lets others see. Takes no lock and changes nothing.</summary>
internal static class DirectoryPermissions
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static bool HasDevice(string path) => File.Exists(Path.Combine(path, DataDirectory.DeviceKeyFile));

    /// <summary>Names of what users other than the owner may read, write or enter; "." is the directory. None on Windows, where nobody asks.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorKind.LocalStore"/>: it cannot be looked at.</exception>
    public static IReadOnlyList<string> OpenToOthers(string path)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(path))
            return [];

        try
        {
            var open = new List<string>();
            if ((File.GetUnixFileMode(path) & Others) != 0)
                open.Add(".");

            foreach (string entry in Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal))
            {
                if ((File.GetUnixFileMode(entry) & Others) != 0)
                    open.Add(Path.GetFileName(entry));
            }

            return open;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new SyncException(SyncErrorKind.LocalStore, "The data directory cannot be looked at: it is not this user's.", inner: exception);
        }
    }
}
