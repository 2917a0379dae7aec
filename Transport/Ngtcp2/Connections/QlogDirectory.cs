namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>Where a loop's connections write their qlogs, and how many at most: a crowd must not fill the disk with its descriptions.</summary>
internal sealed class QlogDirectory(string path)
{
    /// <summary>Files for each loop since its start; later connections get none.</summary>
    public const int FilesMax = 1_000;

    private int _opened;

    /// <param name="name">Of the connection, in part the peer's choice: a name that is there already gets no second file.</param>
    /// <returns>Null where the bound is reached or the file cannot be made: the connection goes on without.</returns>
    public QlogFile? TryOpen(string name)
    {
        if (_opened >= FilesMax)
            return null;

        try
        {
            var file = new FileStream(Path.Combine(path, name + ".sqlog"), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            _opened++;
            return new QlogFile(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
