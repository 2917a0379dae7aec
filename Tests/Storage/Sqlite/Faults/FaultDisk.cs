namespace ZeroKSync.Tests.Storage.Sqlite.Faults;

/// <summary>
/// What a disk holds for certain and what only may be on it: every write since a file's last sync is kept apart. It can be full, and it can
/// fail to sync. Safe for threads.
/// </summary>
internal sealed class FaultDisk
{
    private const int SectorBytes = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DiskFile> _files = [];
    private long _room = long.MaxValue;
    private bool _isSyncFailing;

    /// <summary>Times something was synced.</summary>
    public int Syncs { get; private set; }

    /// <summary>Times the write-ahead log was written to.</summary>
    public int LogWrites { get; private set; }

    /// <summary>Names of the threads that wrote to a database itself.</summary>
    public HashSet<string?> Copiers { get; } = [];

    /// <summary>Bytes by which files may still grow; <see cref="long.MaxValue"/> is no bound.</summary>
    public long Room
    {
        get
        {
            lock (_lock)
                return _room;
        }

        set
        {
            lock (_lock)
                _room = value;
        }
    }

    public bool IsSyncFailing
    {
        get
        {
            lock (_lock)
                return _isSyncFailing;
        }

        set
        {
            lock (_lock)
                _isSyncFailing = value;
        }
    }

    /// <summary>Whether the database itself cannot be synced, while its log can.</summary>
    public bool IsDatabaseSyncFailing { get; set; }

    /// <summary>False where the disk is full: then nothing is written.</summary>
    public bool TryWrite(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            DiskFile file = File(path);
            long growth = Math.Max(0, offset + bytes.Length - file.Length);
            if (growth > _room)
                return false;

            _room -= _room == long.MaxValue ? 0 : growth;
            file.Length += growth;
            file.Unsynced.Add(new DiskWrite(offset, bytes.ToArray()));
            if (path.EndsWith("-wal", StringComparison.Ordinal))
                LogWrites++;
            else if (path.EndsWith(".db", StringComparison.Ordinal))
                Copiers.Add(Thread.CurrentThread.Name);

            return true;
        }
    }

    public void Truncate(string path, long length)
    {
        lock (_lock)
        {
            DiskFile file = File(path);
            _room += _room == long.MaxValue ? 0 : Math.Max(0, file.Length - length);
            file.Length = length;
            file.Unsynced.Add(new DiskWrite(length, null));
        }
    }

    /// <summary>False where it fails: then nothing more is certain than before.</summary>
    public bool TrySync(string path)
    {
        lock (_lock)
        {
            if (_isSyncFailing || (IsDatabaseSyncFailing && path.EndsWith(".db", StringComparison.Ordinal)))
                return false;

            Syncs++;
            DiskFile file = File(path);
            foreach (DiskWrite write in file.Unsynced)
                Apply(file.Durable, write.Offset, write.Bytes);

            file.Unsynced.Clear();
            return true;
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
            _files.Remove(path);
    }

    /// <summary>
    /// What a power failure leaves, in a directory: all that was synced, and of the rest the sectors that chance picks.
    /// </summary>
    public void Crash(Random random, string directory)
    {
        lock (_lock)
        {
            foreach ((string path, DiskFile file) in _files)
            {
                var content = new MemoryStream();
                file.Durable.WriteTo(content);
                foreach (DiskWrite write in file.Unsynced)
                    ApplySome(random, content, write);

                System.IO.File.WriteAllBytes(Path.Combine(directory, Path.GetFileName(path)), content.ToArray());
            }
        }
    }

    private static void ApplySome(Random random, MemoryStream content, DiskWrite write)
    {
        if (write.Bytes is null)
        {
            if (random.Next(2) == 0)
                Apply(content, write.Offset, null);

            return;
        }

        for (int at = 0; at < write.Bytes.Length; at += SectorBytes)
        {
            if (random.Next(2) == 0)
                Apply(content, write.Offset + at, write.Bytes.AsSpan(at, Math.Min(SectorBytes, write.Bytes.Length - at)).ToArray());
        }
    }

    private static void Apply(MemoryStream content, long offset, byte[]? bytes)
    {
        if (bytes is null)
        {
            content.SetLength(offset);
            return;
        }

        content.Position = offset;
        content.Write(bytes);
    }

    private DiskFile File(string path)
    {
        if (!_files.TryGetValue(path, out DiskFile? file))
            _files.Add(path, file = new DiskFile());

        return file;
    }

    private sealed class DiskFile
    {
        public MemoryStream Durable { get; } = new();

        public long Length { get; set; }

        public List<DiskWrite> Unsynced { get; } = [];
    }

    /// <summary>Bytes at a place; null is a truncation to there.</summary>
    private sealed record DiskWrite(long Offset, byte[]? Bytes);
}
