namespace ZeroKSync.TestKit;

/// <summary>A directory of its own under the system's temporary one, removed at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zks-test-");

    public string Path => _directory.FullName;

    /// <summary>A path inside; nothing is created.</summary>
    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (_directory.Exists)
            _directory.Delete(recursive: true);
    }
}
