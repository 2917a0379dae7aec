namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>
/// Runs a program for which the system locks no memory. It refuses to lock more than its limit, but not for a superuser: so the program is
/// started without that right, and with no room.
/// </summary>
internal static class WithoutLocking
{
    private static readonly string[] Folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    public static Task<ProgramRun> RunAsync(string program, params IEnumerable<string> arguments)
    {
        string? setpriv = Find("setpriv");
        string? prlimit = Find("prlimit");
        if (setpriv is null || prlimit is null)
            Assert.Skip("setpriv and prlimit (util-linux) take away the right to lock memory; they are not here.");

        string[] start = Environment.IsPrivilegedProcess
            ? ["--memlock=0:0", setpriv, "--inh-caps=-ipc_lock", "--bounding-set=-ipc_lock", program]
            : ["--memlock=0:0", program];
        return ProgramRun.RunAsync(prlimit, string.Empty, [.. start, .. arguments]);
    }

    private static string? Find(string program) => Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
