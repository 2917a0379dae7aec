namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>One connection's qlog. Written on the loop's thread: it is for looking into a fault, not for every day.</summary>
internal sealed class QlogFile : IDisposable
{
    private readonly FileStream _file;

    /// <param name="name">Of the connection; unique in the directory.</param>
    public QlogFile(string directory, string name)
    {
        _file = new FileStream(Path.Combine(directory, name + ".sqlog"), FileMode.Create, FileAccess.Write, FileShare.Read);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(bytes);
        }
        catch (IOException)
        {
            // A full disk must not end the connection it describes.
        }
    }

    public void Dispose() => _file.Dispose();
}
