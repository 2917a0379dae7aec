namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>One connection's qlog. Written on the loop's thread: it is for looking into a fault, not for every day.</summary>
internal sealed class QlogFile(FileStream file) : IDisposable
{
    /// <summary>Beyond this the rest of a connection is not written.</summary>
    public const long BytesMax = 64L << 20;

    private long _written;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_written + bytes.Length > BytesMax)
            return;

        _written += bytes.Length;
        try
        {
            file.Write(bytes);
        }
        catch (IOException)
        {
            // A full disk must not end the connection it describes.
        }
    }

    public void Dispose()
    {
        try
        {
            file.Dispose();
        }
        catch (IOException)
        {
            // What was buffered is lost, and nothing else.
        }
    }
}
