namespace ZeroKSync.Bench.Relay;

/// <summary>A temporary folder for one run, removed at its end.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly DirectoryInfo _folder;

    /// <param name="inMemory">Clients' data in memory: on other machines it would not share the relay's disk.</param>
    public Workspace(bool inMemory)
    {
        const string Memory = "/dev/shm";
        _folder = inMemory && Directory.Exists(Memory)
            ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, "zks-bench-" + System.IO.Path.GetRandomFileName()))
            : Directory.CreateTempSubdirectory("zks-bench-");
    }

    public string Path => _folder.FullName;

    public string Sub(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
