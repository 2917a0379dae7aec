using System.Globalization;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>Looks through all the memory of a process that this one started (proc_pid_mem(5)).</summary>
internal static class ProcessMemory
{
    private const int ChunkBytes = 4 << 20;

    /// <summary>Which of the texts lie anywhere in it, and how many bytes were looked at.</summary>
    public static (IReadOnlyList<byte[]> Found, long Bytes) Search(int processId, IReadOnlyList<byte[]> needles)
    {
        int overlap = needles.Max(needle => needle.Length) - 1;
        byte[] chunk = new byte[ChunkBytes + overlap];
        var found = new HashSet<byte[]>();
        long bytes = 0;
        using FileStream memory = File.OpenRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/mem"));
        foreach ((long start, long end) in Readable(processId))
        {
            for (long at = start; at < end; at += ChunkBytes)
            {
                int count = Read(memory, at, chunk.AsSpan(0, (int)Math.Min(chunk.Length, end - at)));
                bytes += Math.Min(count, ChunkBytes);
                found.UnionWith(needles.Where(needle => chunk.AsSpan(0, count).IndexOf(needle) >= 0));
            }
        }

        return ([.. found], bytes);
    }

    private static IEnumerable<(long Start, long End)> Readable(int processId)
    {
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps")))
        {
            string[] fields = line.Split(' ', 3);
            string[] range = fields[0].Split('-');

            // The kernel's own pages at the end of the address space have numbers beyond a signed one's.
            if (fields[1].StartsWith('r') && long.TryParse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long start) && start > 0)
                yield return (start, long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
    }

    // What the process gave back since its map was read, or a device's pages, cannot be read.
    private static int Read(FileStream memory, long at, Span<byte> into)
    {
        try
        {
            return RandomAccess.Read(memory.SafeFileHandle, into, at);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
