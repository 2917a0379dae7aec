using System.Diagnostics;

namespace ZeroKSync.Bench.Push;

/// <summary>What the machine's disk itself does: 1 KiB appended and synced, one after the other.</summary>
internal static class SyncRate
{
    private const int BlockBytes = 1024;

    /// <summary>Syncs a second on the disk of <paramref name="folder"/>.</summary>
    public static double Measure(string folder, TimeSpan length)
    {
        string path = Path.Combine(folder, "sync-rate");
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            byte[] block = new byte[BlockBytes];
            var watch = Stopwatch.StartNew();
            int count = 0;
            while (watch.Elapsed < length)
            {
                file.Write(block);
                file.Flush(flushToDisk: true);
                count++;
            }

            return count / watch.Elapsed.TotalSeconds;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
