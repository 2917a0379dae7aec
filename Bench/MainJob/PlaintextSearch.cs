using System.Text;

namespace ZeroKSync.Bench.MainJob;

/// <summary>Looks for planted texts in every file of a folder, as UTF-8 and as UTF-16.</summary>
internal static class PlaintextSearch
{
    /// <summary>Names of the files that hold any of the texts; also how many bytes were looked at.</summary>
    public static (IReadOnlyList<string> Found, long Bytes) In(string folder, IReadOnlyList<string> planted)
    {
        List<byte[]> needles = [.. planted.SelectMany(text => (byte[][])[Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text)])];
        var found = new List<string>();
        long bytes = 0;
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            ReadOnlySpan<byte> content = memory.GetBuffer().AsSpan(0, (int)memory.Length);
            bytes += content.Length;
            foreach (byte[] needle in needles)
            {
                if (content.IndexOf(needle) >= 0)
                {
                    found.Add(Path.GetFileName(file));
                    break;
                }
            }
        }

        return (found, bytes);
    }
}
