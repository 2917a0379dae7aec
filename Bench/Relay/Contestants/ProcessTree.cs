using System.Globalization;

namespace ZeroKSync.Bench.Relay;

/// <summary>Processor time and memory of a process and its children, as /proc has them.</summary>
internal static class ProcessTree
{
    // USER_HZ, which Linux has at 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;
    private const int ParentField = 1, UserField = 11, SystemField = 12, ChildrenUserField = 13, ChildrenSystemField = 14;
    private const string SharedOnceLine = "Pss:";

    /// <summary>Time of the process, of its children, and of those that have ended.</summary>
    public static TimeSpan ProcessorTime(int root)
    {
        double ticks = 0;
        foreach ((int id, string[] fields) in Members(root))
        {
            ticks += Number(fields[UserField]) + Number(fields[SystemField]);
            if (id == root)
                ticks += Number(fields[ChildrenUserField]) + Number(fields[ChildrenSystemField]);
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>Memory in use; what several of them map is counted once.</summary>
    public static long MemoryBytes(int root) => Members(root).Sum(member => SharedOnceBytes(member.Id));

    /// <summary>Processor time so far of the threads of a process, by name.</summary>
    public static Dictionary<string, TimeSpan> ThreadTimes(int process)
    {
        var times = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (string task in Directory.GetDirectories($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task"))
        {
            if (Read(Path.Combine(task, "stat")) is not { } stat)
                continue;

            string name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
            string[] fields = Fields(stat);
            times[name] = times.GetValueOrDefault(name) + TimeSpan.FromSeconds((Number(fields[UserField]) + Number(fields[SystemField])) / TicksPerSecond);
        }

        return times;
    }

    private static IEnumerable<(int Id, string[] Fields)> Members(int root)
    {
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) || Read(Path.Combine(folder, "stat")) is not { } stat)
                continue;

            string[] fields = Fields(stat);
            if (id == root || Number(fields[ParentField]) == root)
                yield return (id, fields);
        }
    }

    private static long SharedOnceBytes(int id)
    {
        string? line = Read($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/smaps_rollup")?.Split('\n').FirstOrDefault(text => text.StartsWith(SharedOnceLine, StringComparison.Ordinal));
        return line is null ? 0 : 1024 * long.Parse(line.AsSpan(SharedOnceLine.Length).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
    }

    // The name, in parentheses, may have anything in it.
    private static string[] Fields(string stat) => stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    // A process may end between the listing and the look.
    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
